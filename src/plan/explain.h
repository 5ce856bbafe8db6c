// EXPLAIN: a physical plan as text.
// Source: MySQL 8.4 manual, "EXPLAIN Statement", "EXPLAIN Output Format".
// Thread safety: stateless.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/physical_plan.h"

namespace mahi {

// EXPLAIN ANALYZE's figures, by PhysicalNode::id; empty without ANALYZE.
struct ExplainCounters {
  uint64_t rows = 0;
  uint64_t loops = 0;
  uint64_t first_row_ns = 0;
  uint64_t total_ns = 0;
};

// A line of FORMAT=TRADITIONAL; absent: NULL.
struct ExplainRow {
  std::optional<std::string> id, select_type, table, partitions, type, possible_keys, key, key_length, ref, rows,
      filtered, extra;
};

std::vector<ExplainRow> ExplainTraditional(const Plan& plan);
std::string ExplainTree(const Plan& plan, const std::vector<ExplainCounters>& counters);
std::string ExplainJson(const Plan& plan, const std::vector<ExplainCounters>& counters);

}  // namespace mahi
