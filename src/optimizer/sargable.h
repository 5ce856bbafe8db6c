// Sargable conditions: conjuncts that say which part of an index can hold the rows.
//
// A conjunct qualifies when it compares one bare column of the table, in the column's own type and collation, with
// something that does not depend on the table. Constants are converted to the column's type when that loses nothing,
// or rounded in the direction that keeps every matching row (then the conjunct is not exact and stays a filter).
// Thread safety: one call, one thread.
#pragma once

#include <vector>

#include "optimizer/column_set.h"
#include "optimizer/planner.h"

namespace mahi {

// Values of one column: a point, or an interval that may be open on either side.
struct ColumnInterval {
  Expression* lower = nullptr;  // null: unbounded. A point: lower == upper
  Expression* upper = nullptr;
  bool is_lower_inclusive = true;
  bool is_upper_inclusive = true;
  bool is_point = false;
  bool is_null_safe = false;    // a point that also matches NULL with NULL
  bool excludes_null = false;   // no lower bound, but NULL is not in it
};

struct SargableCondition {
  Expression* conjunct = nullptr;
  uint32_t ordinal = 0;                // of the table's column
  ColumnId column = 0;
  std::vector<ColumnInterval> intervals;  // their union
  bool is_exact = false;               // the intervals say all that the conjunct says
  ColumnSet value_columns;             // columns of other tables (or outer ones) that the bounds read

  bool is_single_point() const { return intervals.size() == 1 && intervals[0].is_point; }
  bool is_points() const {
    for (const ColumnInterval& interval : intervals) {
      if (!interval.is_point) return false;
    }
    return !intervals.empty();
  }
};

std::vector<SargableCondition> FindSargable(Planner& planner, const GetNode& get,
                                            const std::vector<Expression*>& conjuncts);

}  // namespace mahi
