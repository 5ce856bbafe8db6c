// TableReader: how a stored table is read: the cheapest of table scan, index ranges and point look-up.
//
// Candidates: the row index, and every visible index that the hints allow. An index offers ranges (equalities on its
// first parts, then one interval), its order, or only that it is smaller than the rows. Look-ups of rows from a
// secondary index are random reads (cost.h).
// Thread safety: one call, one thread.
#pragma once

#include <vector>

#include "optimizer/sargable.h"
#include "optimizer/translator.h"

namespace mahi {

// One way to read a table.
struct AccessPath {
  enum class Kind { kScan, kRanges, kPoint };
  Kind kind = Kind::kScan;
  uint32_t index = 0;               // position in the table's indexes; not for kScan
  std::vector<KeyRange> ranges;     // kRanges: empty reads all of the index
  std::vector<Expression*> key;     // kPoint
  std::vector<Expression*> absorbed;  // conjuncts that need no further check
  double rows_read = 0;             // entries visited
  double cost = 0;
  bool is_covering = false;
  bool meets_order = false;
  bool is_reverse = false;
};

class TableReader {
 public:
  TableReader(Translator& translator, const OuterScope* outer) : translator_(translator), outer_(outer) {}

  Result<BuiltPlan> Read(GetNode* get, const std::vector<Expression*>& conjuncts, const ColumnSet& needed,
                         const Wishes& wishes);
  // The choice alone, for the join order. `available`: columns of other tables whose values are at hand.
  AccessPath Choose(GetNode* get, const std::vector<Expression*>& conjuncts, const ColumnSet& needed,
                    const Wishes& wishes);

 private:
  Translator& translator_;
  const OuterScope* outer_;
};

// An index look-up for each row of a join's left side.
struct IndexLookup {
  bool is_usable = false;
  uint32_t index = 0;
  std::vector<Expression*> keys;       // unresolved, for the first parts
  std::vector<bool> null_safe;
  std::vector<Expression*> absorbed;
  bool is_unique = false;
  bool is_covering = false;
  double rows_per_key = 0;
  double cost_per_key = 0;
};
// The best index of `get` for look-ups with equalities whose values come from `available` (or are constants). At least
// one key reads a column of `available`.
IndexLookup FindIndexLookup(Planner& planner, GetNode* get, const std::vector<Expression*>& conjuncts,
                            const ColumnSet& available, const ColumnSet& needed);

// Can the index be used at all, after visibility and hints?
bool IsIndexUsable(const GetNode& get, const Index& index);
// Does the index hold all of these columns as they are?
bool IndexHolds(const TableDefinition& table, const Index& index, uint32_t ordinal);

}  // namespace mahi
