// The cost model. Unit: reading one row in a sequential scan, some 0.2 us.
//
// A random look-up pays for a seek in the LSM tree: measured on RocksDB with a warm cache as 10 to 20 sequentially
// read rows. The other figures are relative to that and deliberately coarse: plans differ by factors, not by percents.
// Thread safety: constants.
#pragma once

#include <cmath>

namespace mahi {

inline constexpr double kScanRowCost = 1;
inline constexpr double kLookupCost = 15;          // one row by key
inline constexpr double kSeekCost = 12;            // positioning at the start of a range
inline constexpr double kIndexEntryCost = 0.7;     // the next entry of an index
inline constexpr double kFilterCost = 0.05;
inline constexpr double kProjectCost = 0.05;
inline constexpr double kStreamAggregateCost = 0.1;
inline constexpr double kHashAggregateCost = 0.3;
inline constexpr double kGroupCost = 0.5;
inline constexpr double kMaterializedRowCost = 0.2;
inline constexpr double kHashBuildCost = 0.6;
inline constexpr double kHashProbeCost = 0.25;
inline constexpr double kJoinOutputCost = 0.1;
inline constexpr double kPairCost = 0.05;          // nested loop: one pair of rows
inline constexpr double kReopenCost = 20;          // lateral right side or correlated subquery: one evaluation

inline double SortCost(double rows) { return rows < 2 ? 0.1 : rows * std::log2(rows) * 0.06; }

}  // namespace mahi
