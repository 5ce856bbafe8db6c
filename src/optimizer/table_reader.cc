#include "optimizer/table_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "catalog/schema_reader.h"
#include "optimizer/cardinality.h"
#include "optimizer/cost.h"
#include "optimizer/logical_util.h"
#include "types/conversion.h"

namespace mahi {

namespace {

constexpr size_t kMaxRanges = 2000;
constexpr size_t kMaxEstimatedRanges = 64;

bool Names(const std::vector<std::string>& list, const std::string& name) {
  for (const std::string& each : list) {
    if (EqualIgnoreAsciiCase(each, name)) return true;
  }
  return false;
}

// Part k of an index may be used with these conditions.
struct PartConditions {
  const SargableCondition* points = nullptr;  // the one with the fewest points
  std::vector<const SargableCondition*> ranges;
};

PartConditions ConditionsOn(const std::vector<SargableCondition>& conditions, uint32_t ordinal) {
  PartConditions result;
  for (const SargableCondition& condition : conditions) {
    if (condition.ordinal != ordinal) continue;
    if (condition.is_points()) {
      if (result.points == nullptr || condition.intervals.size() < result.points->intervals.size()) {
        result.points = &condition;
      }
    } else {
      result.ranges.push_back(&condition);
    }
  }
  return result;
}

const ConstantExpression* Known(Expression* expression) { return TryAs<ConstantExpression>(expression); }

// Takes over the bounds of `other` where they narrow `interval`; false when that cannot be told.
bool Intersect(ColumnInterval* interval, const ColumnInterval& other, const SqlType& type) {
  if (other.is_point || interval->is_point) return false;
  ColumnInterval result = *interval;
  if (other.lower != nullptr) {
    if (result.lower == nullptr) {
      result.lower = other.lower;
      result.is_lower_inclusive = other.is_lower_inclusive;
    } else {
      const auto *mine = Known(result.lower), *theirs = Known(other.lower);
      if (mine == nullptr || theirs == nullptr || mine->value.is_null() || theirs->value.is_null()) return false;
      int order = CompareDatum(theirs->value.datum(), mine->value.datum(), type);
      if (order > 0 || (order == 0 && !other.is_lower_inclusive)) {
        result.lower = other.lower;
        result.is_lower_inclusive = other.is_lower_inclusive;
      }
    }
  }
  if (other.upper != nullptr) {
    if (result.upper == nullptr) {
      result.upper = other.upper;
      result.is_upper_inclusive = other.is_upper_inclusive;
    } else {
      const auto *mine = Known(result.upper), *theirs = Known(other.upper);
      if (mine == nullptr || theirs == nullptr || mine->value.is_null() || theirs->value.is_null()) return false;
      int order = CompareDatum(theirs->value.datum(), mine->value.datum(), type);
      if (order < 0 || (order == 0 && !other.is_upper_inclusive)) {
        result.upper = other.upper;
        result.is_upper_inclusive = other.is_upper_inclusive;
      }
    }
  }
  result.excludes_null = (result.excludes_null || other.excludes_null) && result.lower == nullptr;
  *interval = result;
  return true;
}

// What conditions make of one index.
struct IndexUse {
  std::vector<KeyRange> ranges;
  std::vector<Expression*> absorbed;
  size_t point_parts = 0;           // leading parts with points
  bool is_single_point = true;      // all of these have exactly one
  bool has_null_safe = false;
  double selectivity = 1;           // of the ranges, from guesses
  std::vector<bool> fixed_parts;    // part has exactly one value
};

IndexUse UseIndex(Planner& planner, const GetNode& get, const Index& index,
                  const std::vector<SargableCondition>& conditions) {
  IndexUse use;
  std::vector<KeyRange> ranges(1);
  use.fixed_parts.assign(index.parts.size(), false);
  double rows = TableRows(planner, get);
  for (size_t k = 0; k < index.parts.size(); ++k) {
    const IndexPart& part = index.parts[k];
    const SqlType& type = get.table->columns[part.column].type;
    PartConditions part_conditions = ConditionsOn(conditions, part.column);
    bool is_prefix = part.prefix_length != 0;
    if (part_conditions.points != nullptr) {
      const SargableCondition& points = *part_conditions.points;
      if (ranges.size() * points.intervals.size() > kMaxRanges) break;
      std::vector<KeyRange> next;
      next.reserve(ranges.size() * points.intervals.size());
      for (const KeyRange& range : ranges) {
        for (const ColumnInterval& interval : points.intervals) {
          KeyRange& made = next.emplace_back(range);
          made.lower.push_back(interval.lower);
          made.upper.push_back(interval.lower);
          made.null_safe.push_back(interval.is_null_safe);
          use.has_null_safe = use.has_null_safe || interval.is_null_safe;
        }
      }
      ranges = std::move(next);
      ++use.point_parts;
      bool is_single = points.intervals.size() == 1;
      use.is_single_point = use.is_single_point && is_single;
      use.fixed_parts[k] = is_single && !is_prefix;
      if (points.is_exact && !is_prefix) use.absorbed.push_back(points.conjunct);
      double distinct = std::max(1.0, DistinctValues(planner, points.column, rows));
      use.selectivity *= std::min(1.0, static_cast<double>(points.intervals.size()) / distinct);
      if (is_prefix) break;
      continue;
    }
    if (part_conditions.ranges.empty()) break;
    // One condition's intervals, narrowed by the others where that is simple.
    const SargableCondition* chosen = part_conditions.ranges[0];
    for (const SargableCondition* other : part_conditions.ranges) {
      if (other->intervals.size() > chosen->intervals.size()) chosen = other;
    }
    std::vector<ColumnInterval> intervals = chosen->intervals;
    std::vector<Expression*> exact;
    if (chosen->is_exact) exact.push_back(chosen->conjunct);
    if (intervals.size() == 1) {
      for (const SargableCondition* other : part_conditions.ranges) {
        if (other == chosen || other->intervals.size() != 1) continue;
        if (Intersect(&intervals[0], other->intervals[0], type) && other->is_exact) exact.push_back(other->conjunct);
      }
    }
    if (ranges.size() * intervals.size() > kMaxRanges) break;
    std::vector<KeyRange> next;
    for (const KeyRange& range : ranges) {
      for (const ColumnInterval& interval : intervals) {
        KeyRange& made = next.emplace_back(range);
        if (interval.lower != nullptr) {
          made.lower.push_back(interval.lower);
          made.is_lower_inclusive = interval.is_lower_inclusive || is_prefix;
        }
        if (interval.upper != nullptr) {
          made.upper.push_back(interval.upper);
          made.is_upper_inclusive = interval.is_upper_inclusive || is_prefix;
        }
        made.null_safe.push_back(interval.is_null_safe);
        made.excludes_null = interval.excludes_null && interval.lower == nullptr;
      }
    }
    ranges = std::move(next);
    use.is_single_point = false;
    double one = 0;
    for (const ColumnInterval& interval : intervals) {
      one += interval.is_point                                              ? 1.0 / std::max(1.0, rows)
             : interval.lower != nullptr && interval.upper != nullptr       ? 0.1111
             : interval.lower == nullptr && interval.upper == nullptr       ? 0.95
                                                                            : 0.3333;
    }
    use.selectivity *= std::min(1.0, one);
    if (!is_prefix) use.absorbed.insert(use.absorbed.end(), exact.begin(), exact.end());
    use.ranges = std::move(ranges);
    return use;
  }
  if (use.point_parts > 0) use.ranges = std::move(ranges);
  return use;
}

// Rows in the ranges: from the storage when all bounds are known, else from the selectivity.
double EstimateRangeRows(Planner& planner, const GetNode& get, uint32_t index_position, const IndexUse& use) {
  double rows = TableRows(planner, get);
  const Index& index = get.table->indexes[index_position];
  double guess = std::max(rows * use.selectivity, use.ranges.empty() ? rows : 1.0);
  if (use.ranges.empty()) return rows;
  // A secondary index's first columns with distinct counts.
  if (index.is_unique() && use.point_parts == index.parts.size()) return static_cast<double>(use.ranges.size());
  if (planner.context.schema == nullptr || use.ranges.size() > kMaxEstimatedRanges) return guess;
  std::vector<IndexRange> known;
  for (const KeyRange& range : use.ranges) {
    IndexRange& made = known.emplace_back();
    for (Expression* bound : range.lower) {
      const auto* constant = Known(bound);
      if (constant == nullptr) break;
      made.lower.push_back(constant->value.datum());
    }
    for (Expression* bound : range.upper) {
      const auto* constant = Known(bound);
      if (constant == nullptr) break;
      made.upper.push_back(constant->value.datum());
    }
    if (made.lower.size() != range.lower.size() || made.upper.size() != range.upper.size()) {
      // Distinct counts of the leading parts, where there are any.
      StatisticsRef statistics = planner.context.schema->statistics().Statistics(*get.table);
      for (const IndexStatistics& each : statistics->indexes) {
        if (each.index_id != index.id || use.point_parts == 0 || each.distinct.size() < use.point_parts) continue;
        uint64_t distinct = each.distinct[use.point_parts - 1];
        if (distinct == 0) continue;
        double per_point = std::max(1.0, static_cast<double>(statistics->row_count) / static_cast<double>(distinct));
        double counted = per_point * static_cast<double>(use.ranges.size());
        if (use.ranges[0].lower.size() > use.point_parts || use.ranges[0].upper.size() > use.point_parts) counted *= 0.33;
        return std::min(rows, std::max(1.0, counted));
      }
      return guess;
    }
    made.is_lower_inclusive = range.is_lower_inclusive;
    made.is_upper_inclusive = range.is_upper_inclusive;
    made.excludes_null = range.excludes_null;
  }
  const TimeZone* zone = planner.context.evaluation == nullptr ? nullptr : planner.context.evaluation->time_zone;
  Result<double> estimated = planner.context.schema->statistics().EstimateRows(*get.table, index_position, known, zone);
  if (!estimated.ok()) return guess;
  return std::clamp(*estimated, 1.0, std::max(rows, 1.0));
}

// Is `ordinal` not NULL in every row that the conditions let through?
bool IsUniqueOrder(const TableDefinition& table, const Index& index) {
  if (!index.is_unique()) return false;
  for (const IndexPart& part : index.parts) {
    if (table.columns[part.column].is_nullable || part.prefix_length != 0) return false;
  }
  return true;
}

// Does reading the index (null: rows without primary key) give `order`? Columns with one value are no matter.
bool MeetsOrder(const GetNode& get, const Index* index, const std::vector<bool>& fixed_parts,
                const ColumnSet& fixed_columns, const std::vector<OrderItem>& order, bool* is_reverse) {
  // Sequence of (ordinal, descending) that the entries come in.
  std::vector<std::pair<uint32_t, bool>> sequence;
  std::vector<bool> is_fixed;
  bool ends_unique = false;
  if (index != nullptr) {
    bool stopped = false;
    for (size_t k = 0; k < index->parts.size(); ++k) {
      if (index->parts[k].prefix_length != 0) {
        stopped = true;
        break;
      }
      sequence.emplace_back(index->parts[k].column, index->parts[k].is_descending);
      is_fixed.push_back(k < fixed_parts.size() && fixed_parts[k]);
    }
    if (!stopped) {
      ends_unique = IsUniqueOrder(*get.table, *index);
      const Index* primary = get.table->primary_key();
      if (!ends_unique && primary != nullptr && index != primary) {
        for (const IndexPart& part : primary->parts) {
          if (part.prefix_length != 0) break;
          sequence.emplace_back(part.column, part.is_descending);
          is_fixed.push_back(false);
        }
      }
    }
  }
  std::optional<bool> reverse;
  size_t position = 0;
  for (const OrderItem& item : order) {
    if (fixed_columns.Contains(item.column)) continue;
    // Ordinal of the wished column.
    int64_t ordinal = -1;
    for (size_t i = 0; i < get.output.size(); ++i) {
      if (get.output[i] == item.column) ordinal = get.ordinals[i];
    }
    if (ordinal < 0) return false;
    while (position < sequence.size() && is_fixed[position] && sequence[position].first != ordinal) ++position;
    // A column that came before adds nothing.
    bool seen = false;
    for (size_t i = 0; i < position; ++i) seen = seen || sequence[i].first == ordinal;
    if (seen) continue;
    if (position >= sequence.size()) {
      if (ends_unique) break;
      return false;
    }
    if (sequence[position].first != ordinal) return false;
    bool needs_reverse = sequence[position].second != item.is_descending;
    if (!is_fixed[position]) {
      if (reverse && *reverse != needs_reverse) return false;
      reverse = needs_reverse;
    }
    ++position;
  }
  *is_reverse = reverse.value_or(false);
  return true;
}

// For EXPLAIN: only columns of the index itself are read. The row index holds all columns, which says nothing.
bool IsIndexOnly(const GetNode& get, uint32_t index, const ColumnSet& read) {
  const Index& definition = get.table->indexes[index];
  if (definition.kind != IndexKind::kPrimary) return true;
  for (size_t i = 0; i < get.output.size(); ++i) {
    if (!read.Contains(get.output[i])) continue;
    bool is_part = false;
    for (const IndexPart& part : definition.parts) is_part = is_part || part.column == get.ordinals[i];
    if (!is_part) return false;
  }
  return true;
}

}  // namespace

bool IsIndexUsable(const GetNode& get, const Index& index) {
  if (index.kind == IndexKind::kFulltext || index.kind == IndexKind::kSpatial) return false;
  if (index.is_invisible) return false;
  if (Names(get.hints.ignore, index.name)) return false;
  if (get.hints.has_use && !Names(get.hints.use, index.name)) return false;
  return true;
}

bool IndexHolds(const TableDefinition& table, const Index& index, uint32_t ordinal) {
  if (index.kind == IndexKind::kPrimary) return true;
  auto holds = [&](const Index& each) {
    for (const IndexPart& part : each.parts) {
      if (part.column == ordinal && part.prefix_length == 0) return true;
    }
    return false;
  };
  if (holds(index)) return true;
  const Index* primary = table.primary_key();
  return primary != nullptr && holds(*primary);
}

AccessPath TableReader::Choose(GetNode* get, const std::vector<Expression*>& conjuncts, const ColumnSet& needed,
                               const Wishes& wishes) {
  Planner& planner = translator_.planner();
  const TableDefinition& table = *get->table;
  std::vector<SargableCondition> conditions;
  if (!conjuncts.empty()) conditions = FindSargable(planner, *get, conjuncts);

  // A complete unique key needs no comparison of costs.
  if (!conditions.empty()) {
    for (uint32_t i = 0; i < table.indexes.size(); ++i) {
      const Index& index = table.indexes[i];
      if (!index.is_unique() || !IsIndexUsable(*get, index)) continue;
      AccessPath path;
      for (const IndexPart& part : index.parts) {
        const SargableCondition* found = nullptr;
        for (const SargableCondition& condition : conditions) {
          if (condition.ordinal == part.column && condition.is_single_point() && !condition.intervals[0].is_null_safe) {
            found = &condition;
            break;
          }
        }
        if (found == nullptr || part.prefix_length != 0) break;
        path.key.push_back(found->intervals[0].lower);
        if (found->is_exact) path.absorbed.push_back(found->conjunct);
      }
      if (path.key.size() != index.parts.size()) continue;
      path.kind = AccessPath::Kind::kPoint;
      path.index = i;
      path.rows_read = 1;
      path.cost = kLookupCost * (index.kind == IndexKind::kPrimary ? 1 : 1.5);
      path.meets_order = true;
      return path;
    }
  }

  ColumnSet read = needed;
  for (Expression* conjunct : conjuncts) CollectColumns(conjunct, &read);
  double rows = TableRows(planner, *get);
  double selectivity = Selectivity(planner, conjuncts);
  ColumnSet fixed_columns;
  for (const SargableCondition& condition : conditions) {
    if (condition.is_single_point()) fixed_columns.Add(condition.column);
  }
  // Equalities that are not sargable in an index still fix a column, conditions are found for all columns.
  double sort_cost = wishes.order == nullptr ? 0 : SortCost(std::max(1.0, rows * selectivity));
  double rows_out_max = std::max(1.0, rows * selectivity);

  // The share of a read that a LIMIT lets happen.
  auto limited = [&](double path_cost, double path_rows, bool meets) {
    if (wishes.row_limit < 0 || (!meets && wishes.order != nullptr)) return path_cost;
    double share = std::min(1.0, wishes.row_limit / std::max(rows_out_max, 1e-9));
    double least = std::min(path_cost, kSeekCost + wishes.row_limit * (path_cost / std::max(1.0, path_rows)));
    return std::max(path_cost * share, least);
  };

  AccessPath best;
  double best_total;
  {
    bool is_reverse = false;
    const Index* primary = table.primary_key();
    bool primary_usable = primary == nullptr || !get->hints.has_use || true;
    best.kind = AccessPath::Kind::kScan;
    best.rows_read = rows;
    best.cost = kSeekCost + rows * (kScanRowCost + kFilterCost * static_cast<double>(conjuncts.size()));
    if (wishes.order != nullptr && primary_usable &&
        MeetsOrder(*get, primary, {}, fixed_columns, *wishes.order, &is_reverse)) {
      best.meets_order = true;
      best.is_reverse = is_reverse;
    }
    best.cost = limited(best.cost, rows, best.meets_order);
    best_total = best.cost + (wishes.order != nullptr && !best.meets_order ? sort_cost : 0);
    if (get->hints.is_force && get->hints.has_use) best_total += 1e12;
  }

  for (uint32_t i = 0; i < table.indexes.size(); ++i) {
    const Index& index = table.indexes[i];
    if (!IsIndexUsable(*get, index)) continue;
    IndexUse use;
    if (!conditions.empty()) use = UseIndex(planner, *get, index, conditions);
    AccessPath path;
    path.kind = AccessPath::Kind::kRanges;
    path.index = i;
    path.is_covering = get->row_locator == 0 || !read.Contains(get->row_locator);
    for (size_t k = 0; k < get->output.size(); ++k) {
      if (read.Contains(get->output[k])) path.is_covering = path.is_covering && IndexHolds(table, index, get->ordinals[k]);
    }
    bool is_primary = index.kind == IndexKind::kPrimary;
    if (wishes.order != nullptr) {
      path.meets_order = MeetsOrder(*get, &index, use.fixed_parts, fixed_columns, *wishes.order, &path.is_reverse);
    }
    // A whole index read pays only when it is smaller than the rows or brings an order.
    if (use.ranges.empty() && (is_primary || (!path.is_covering && !path.meets_order))) continue;
    if (get->lock_mode != RowLockMode::kNone && use.ranges.empty()) continue;
    path.rows_read = use.ranges.empty() ? rows : std::min(rows, EstimateRangeRows(planner, *get, i, use));
    double entry_cost = is_primary ? kScanRowCost : kIndexEntryCost;
    double fetched = path.rows_read;
    if (!is_primary && !path.is_covering) {
      // Conditions on the index's columns spare fetches.
      for (Expression* conjunct : conjuncts) {
        if (std::find(use.absorbed.begin(), use.absorbed.end(), conjunct) != use.absorbed.end()) continue;
        bool in_index = true;
        for (ColumnId column : ColumnsOf(conjunct).ToVector()) {
          const ColumnInfo& info = planner.column(column);
          in_index = in_index && info.get == get && info.ordinal >= 0 &&
                     IndexHolds(table, index, static_cast<uint32_t>(info.ordinal));
        }
        if (in_index) fetched *= Selectivity(planner, conjunct);
      }
    }
    path.cost = kSeekCost * static_cast<double>(std::max<size_t>(1, use.ranges.size())) + path.rows_read * entry_cost +
                (is_primary || path.is_covering ? 0 : fetched * kLookupCost) +
                path.rows_read * kFilterCost * static_cast<double>(conjuncts.size() - std::min(conjuncts.size(), use.absorbed.size()));
    path.cost = limited(path.cost, path.rows_read, path.meets_order);
    double total = path.cost + (wishes.order != nullptr && !path.meets_order ? sort_cost : 0);
    bool is_better = total < best_total;
    // Equal costs: the narrower range is the safer choice.
    if (!is_better && total <= best_total * 1.0001 && path.rows_read < best.rows_read) is_better = true;
    if (is_better) {
      path.ranges = std::move(use.ranges);
      path.absorbed = std::move(use.absorbed);
      best = std::move(path);
      best_total = total;
    }
  }
  return best;
}

Result<BuiltPlan> TableReader::Read(GetNode* get, const std::vector<Expression*>& conjuncts, const ColumnSet& needed,
                                    const Wishes& wishes) {
  Planner& planner = translator_.planner();
  AccessPath path = Choose(get, conjuncts, needed, wishes);
  if (wishes.order != nullptr && wishes.order_met != nullptr) *wishes.order_met = path.meets_order;

  // Conditions that remain, subqueries last.
  std::vector<Expression*> cheap, dear;
  for (Expression* conjunct : conjuncts) {
    if (std::find(path.absorbed.begin(), path.absorbed.end(), conjunct) != path.absorbed.end()) continue;
    (TraitsOf(conjunct).has_subquery ? dear : cheap).push_back(conjunct);
  }
  ColumnSet read = needed;
  for (Expression* conjunct : cheap) CollectColumns(conjunct, &read);
  for (Expression* conjunct : dear) CollectColumns(conjunct, &read);

  PhysicalTableRead* node;
  PhysicalIndexScan* index_scan = nullptr;
  switch (path.kind) {
    case AccessPath::Kind::kScan: {
      auto* scan = planner.New<PhysicalTableScan>();
      scan->is_reverse = path.meets_order && path.is_reverse;
      node = scan;
      break;
    }
    case AccessPath::Kind::kRanges: {
      index_scan = planner.New<PhysicalIndexScan>();
      index_scan->index = path.index;
      index_scan->is_reverse = path.meets_order && path.is_reverse;
      index_scan->keeps_order = path.meets_order && wishes.order != nullptr;
      index_scan->is_covering = path.is_covering && IsIndexOnly(*get, path.index, read);
      for (KeyRange& range : path.ranges) {
        KeyRange& resolved = index_scan->ranges.emplace_back(range);
        for (size_t i = 0; i < range.lower.size(); ++i) {
          bool is_shared = i < range.upper.size() && range.upper[i] == range.lower[i];
          if (range.lower[i]->kind != ExpressionKind::kConstant) {
            MAHI_ASSIGN_OR_RETURN(resolved.lower[i], translator_.Resolve(range.lower[i], {}, outer_));
          }
          if (is_shared) resolved.upper[i] = resolved.lower[i];
        }
        for (size_t i = 0; i < range.upper.size(); ++i) {
          if (i < range.lower.size() && range.lower[i] == range.upper[i]) continue;
          if (range.upper[i]->kind == ExpressionKind::kConstant) continue;
          MAHI_ASSIGN_OR_RETURN(resolved.upper[i], translator_.Resolve(range.upper[i], {}, outer_));
        }
      }
      node = index_scan;
      break;
    }
    case AccessPath::Kind::kPoint: {
      auto* lookup = planner.New<PhysicalPointLookup>();
      lookup->index = path.index;
      for (Expression* key : path.key) {
        MAHI_ASSIGN_OR_RETURN(Expression * resolved, translator_.Resolve(key, {}, outer_));
        lookup->key.push_back(resolved);
      }
      node = lookup;
      break;
    }
  }
  node->table = get->table;
  node->alias = get->alias;
  node->lock_mode = get->lock_mode;
  node->wait_policy = get->wait_policy;
  std::vector<ColumnId> layout;
  for (size_t i = 0; i < get->output.size(); ++i) {
    if (get->output[i] == get->row_locator) continue;
    if (!read.Contains(get->output[i])) continue;
    node->ordinals.push_back(get->ordinals[i]);
    layout.push_back(get->output[i]);
  }
  if (get->row_locator != 0 && read.Contains(get->row_locator)) {
    node->outputs_locator = true;
    layout.push_back(get->row_locator);
  }
  // Conditions on columns that the index holds are checked before the row is fetched.
  std::vector<Expression*> before, after;
  bool splits = index_scan != nullptr && !path.is_covering &&
                get->table->indexes[path.index].kind != IndexKind::kPrimary;
  for (Expression* conjunct : cheap) {
    bool in_index = splits && TraitsOf(conjunct).is_movable();
    if (in_index) {
      for (ColumnId column : ColumnsOf(conjunct).ToVector()) {
        const ColumnInfo& info = planner.column(column);
        if (info.get != get) continue;  // outer
        in_index = in_index && info.ordinal >= 0 &&
                   IndexHolds(*get->table, get->table->indexes[path.index], static_cast<uint32_t>(info.ordinal));
      }
    }
    (in_index ? before : after).push_back(conjunct);
  }
  after.insert(after.end(), dear.begin(), dear.end());
  if (!before.empty()) {
    MAHI_ASSIGN_OR_RETURN(index_scan->index_filter, translator_.Resolve(Conjunction(planner, before), layout, outer_));
  }
  if (!after.empty()) {
    MAHI_ASSIGN_OR_RETURN(node->filter, translator_.Resolve(Conjunction(planner, after), layout, outer_));
  }
  double remaining = Selectivity(planner, before) * Selectivity(planner, after);
  node->estimated_rows = path.rows_read * remaining;
  if (wishes.row_limit >= 0 && (wishes.order == nullptr || path.meets_order)) {
    node->estimated_rows = std::min(node->estimated_rows, std::max(wishes.row_limit, 1.0));
  }
  node->estimated_cost = path.cost;
  return translator_.Done(node, std::move(layout));
}

IndexLookup FindIndexLookup(Planner& planner, GetNode* get, const std::vector<Expression*>& conjuncts,
                            const ColumnSet& available, const ColumnSet& needed) {
  IndexLookup best;
  std::vector<SargableCondition> all = FindSargable(planner, *get, conjuncts);
  // Single points whose values are at hand.
  std::vector<SargableCondition> conditions;
  ColumnSet own(get->output);
  for (SargableCondition& condition : all) {
    if (condition.is_single_point()) conditions.push_back(std::move(condition));
  }
  if (conditions.empty()) return best;
  const TableDefinition& table = *get->table;
  double rows = TableRows(planner, *get);
  ColumnSet read = needed;
  for (Expression* conjunct : conjuncts) CollectColumns(conjunct, &read);
  for (uint32_t i = 0; i < table.indexes.size(); ++i) {
    const Index& index = table.indexes[i];
    if (!IsIndexUsable(*get, index)) continue;
    IndexLookup lookup;
    lookup.index = i;
    bool reads_left = false;
    double selectivity = 1;
    for (const IndexPart& part : index.parts) {
      const SargableCondition* found = nullptr;
      for (const SargableCondition& condition : conditions) {
        if (condition.ordinal != part.column) continue;
        bool from_left = condition.value_columns.Intersects(available);
        // A value from the other tables is preferred to a constant: it is what joins.
        if (found == nullptr || (from_left && !found->value_columns.Intersects(available))) found = &condition;
      }
      if (found == nullptr || part.prefix_length != 0) break;
      lookup.keys.push_back(found->intervals[0].lower);
      lookup.null_safe.push_back(found->intervals[0].is_null_safe);
      if (found->is_exact) lookup.absorbed.push_back(found->conjunct);
      reads_left = reads_left || found->value_columns.Intersects(available);
      selectivity /= std::max(1.0, DistinctValues(planner, found->column, rows));
    }
    if (lookup.keys.empty() || !reads_left) continue;
    lookup.is_usable = true;
    lookup.is_unique = index.is_unique() && lookup.keys.size() == index.parts.size() &&
                       std::find(lookup.null_safe.begin(), lookup.null_safe.end(), true) == lookup.null_safe.end();
    lookup.rows_per_key = lookup.is_unique ? 1 : std::max(rows * selectivity, 0.1);
    if (!lookup.is_unique && planner.context.schema != nullptr) {
      StatisticsRef statistics = planner.context.schema->statistics().Statistics(table);
      for (const IndexStatistics& each : statistics->indexes) {
        if (each.index_id != index.id || each.distinct.size() < lookup.keys.size()) continue;
        uint64_t distinct = each.distinct[lookup.keys.size() - 1];
        if (distinct > 0) {
          lookup.rows_per_key = std::max(0.1, static_cast<double>(statistics->row_count) / static_cast<double>(distinct));
        }
      }
    }
    bool is_primary = index.kind == IndexKind::kPrimary;
    lookup.is_covering = get->row_locator == 0 || !read.Contains(get->row_locator);
    for (size_t k = 0; k < get->output.size(); ++k) {
      if (read.Contains(get->output[k])) {
        lookup.is_covering = lookup.is_covering && IndexHolds(table, index, get->ordinals[k]);
      }
    }
    if (is_primary && lookup.is_unique) {
      lookup.cost_per_key = kLookupCost * 0.8;
    } else {
      lookup.cost_per_key = kSeekCost + lookup.rows_per_key * (is_primary ? kScanRowCost : kIndexEntryCost);
      if (!is_primary && !lookup.is_covering) lookup.cost_per_key += lookup.rows_per_key * kLookupCost;
    }
    bool is_better = !best.is_usable || lookup.cost_per_key < best.cost_per_key;
    if (is_primary) lookup.is_covering = IsIndexOnly(*get, i, read);
    if (best.is_usable && best.is_unique && !lookup.is_unique) is_better = false;
    if (lookup.is_unique && best.is_usable && !best.is_unique) is_better = true;
    if (is_better) best = std::move(lookup);
  }
  return best;
}

}  // namespace mahi
