// Planner: what all parts of the optimizer share while one statement is planned: the plan's arena and what is known of
// each column.
// Thread safety: one call, one thread.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "optimizer/optimizer.h"

namespace mahi {

// Where a column comes from. Pointers borrow from the plan.
struct ColumnInfo {
  const SqlType* type = nullptr;
  bool is_nullable = true;
  std::string_view name;
  GetNode* get = nullptr;  // a column of a stored table: its node and ordinal (no ordinal for the row locator)
  int32_t ordinal = -1;
};

struct Planner {
  OptimizeContext& context;
  Plan* plan;
  std::vector<ColumnInfo> columns{};  // by ColumnId

  Arena& arena() { return plan->arena; }
  template <typename T, typename... Args>
  T* New(Args&&... args) {
    return plan->arena.New<T>(std::forward<Args>(args)...);
  }

  const ColumnInfo& column(ColumnId id) const {
    MAHI_ASSERT(id < columns.size());
    return columns[id];
  }
  void Define(ColumnId id, ColumnInfo info) {
    if (id >= columns.size()) columns.resize(id + 16);
    columns[id] = info;
  }
  // A new column like `info`.
  ColumnId NewColumn(ColumnInfo info) {
    ColumnId id = plan->next_column_id++;
    Define(id, info);
    return id;
  }
  // Reads `id`.
  ColumnExpression* Column(ColumnId id);

  // Notes the columns that the tree produces, those of its subqueries included.
  void DefineColumns(LogicalNode* node);

 private:
  void DefineSubqueries(Expression* expression);
};

}  // namespace mahi
