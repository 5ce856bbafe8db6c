// GroupRewriter: turns expressions over the rows of FROM into expressions over the output of an AggregateNode.
//
// Group keys and aggregates become columns. Other columns are allowed when the keys determine them (ONLY_FULL_GROUP_BY)
// and become any_value aggregates.
// Source: MySQL 8.4 manual, "MySQL Handling of GROUP BY", "Detection of Functional Dependence".
// Errors: 1055, 1140. Thread safety: one binder.
#pragma once

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "binder/internal/statement_binder.h"

namespace mahi {

class GroupRewriter {
 public:
  GroupRewriter(StatementBinder* binder, const std::vector<Expression*>& keys, bool with_rollup,
                const LogicalNode* input, const std::vector<FunctionalDependency>& dependencies);

  // `number` and `clause` are for messages.
  Status Rewrite(Expression** expression, size_t number, std::string_view clause);
  AggregateNode* Finish(LogicalNode* input);
  // All columns that the keys determine.
  const std::unordered_set<ColumnId>& determined() const { return determined_; }

 private:
  Status RewriteNode(Expression** expression);
  Result<Expression*> AddAggregate(AggregateExpression* aggregate);

  StatementBinder& binder_;
  std::vector<Expression*> keys_;
  std::vector<ColumnId> key_ids_;
  bool with_rollup_;
  std::unordered_set<ColumnId> input_;
  std::unordered_set<ColumnId> determined_;
  std::vector<AggregateExpression*> aggregates_;
  std::vector<ColumnId> aggregate_ids_;
  std::unordered_map<ColumnId, size_t> any_values_;
  size_t number_ = 0;
  std::string_view clause_;
};

// The closure of `known` under the dependencies.
void Close(const std::vector<FunctionalDependency>& dependencies, std::unordered_set<ColumnId>* known);

}  // namespace mahi
