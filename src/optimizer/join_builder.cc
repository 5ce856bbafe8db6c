#include "optimizer/join_builder.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "optimizer/cardinality.h"
#include "optimizer/cost.h"
#include "optimizer/logical_util.h"

namespace mahi {

namespace {

int Count(uint64_t mask) { return __builtin_popcountll(mask); }

// A column equality in one type, which makes equal rows of both sides interchangeable.
bool IsColumnEquality(Expression* expression, ColumnId* left, ColumnId* right) {
  if (!IsCall(expression, "=")) return false;
  auto* call = As<FunctionExpression>(expression);
  const auto* a = TryAs<ColumnExpression>(call->arguments[0]);
  const auto* b = TryAs<ColumnExpression>(call->arguments[1]);
  if (a == nullptr || b == nullptr || a->column == b->column) return false;
  if (a->type.physical() != b->type.physical() || a->type.collation != b->type.collation) return false;
  if (a->type.IsTemporal() != b->type.IsTemporal()) return false;
  if (a->type.IsTemporal() && (a->type.id == TypeId::kTime) != (b->type.id == TypeId::kTime)) return false;
  if (a->type.IsEnumOrSet() || b->type.IsEnumOrSet() || a->type.IsJson()) return false;
  *left = a->column;
  *right = b->column;
  return true;
}

}  // namespace

JoinBuilder::Mask JoinBuilder::MaskOf(const ColumnSet& columns) const {
  Mask mask = 0;
  for (size_t i = 0; i < relations_.size(); ++i) {
    if (relations_[i].columns.Intersects(columns)) mask |= Mask{1} << i;
  }
  return mask;
}

ColumnSet JoinBuilder::ColumnsOfMask(Mask mask) const {
  ColumnSet columns;
  for (size_t i = 0; i < relations_.size(); ++i) {
    if ((mask >> i & 1) != 0) columns.AddAll(relations_[i].columns);
  }
  return columns;
}

size_t JoinBuilder::AddRelation(LogicalNode* tree) {
  Relation relation;
  relation.tree = tree;
  relation.columns = ColumnSet(tree->output);
  LogicalNode* inner = tree;
  while (inner->kind == LogicalKind::kFilter) {
    inner = inner->children[0];
  }
  if (inner->kind == LogicalKind::kGet) {
    relation.get = As<GetNode>(inner);
    if (relation.get->row_locator != 0) relation.columns.Add(relation.get->row_locator);
    for (LogicalNode* node = tree; node != inner; node = node->children[0]) {
      SplitConjuncts(As<FilterNode>(node)->condition, &relation.local);
    }
    relation.tree = inner;
  } else if (inner->kind == LogicalKind::kJoin) {
    // A unit that is itself a group of joins may pass a locator up.
    std::function<void(LogicalNode*)> locators = [&](LogicalNode* node) {
      if (node->kind == LogicalKind::kGet && As<GetNode>(node)->row_locator != 0) {
        relation.columns.Add(As<GetNode>(node)->row_locator);
      }
      if (node->kind != LogicalKind::kJoin && node->kind != LogicalKind::kFilter) return;
      for (LogicalNode* child : node->children) locators(child);
    };
    locators(inner);
  }
  relations_.push_back(std::move(relation));
  return relations_.size() - 1;
}

void JoinBuilder::AddToPool(Expression* condition, std::vector<PoolItem>* pool) {
  for (Expression* conjunct : Conjuncts(condition)) pool->push_back({conjunct, 0, false});
}

void JoinBuilder::AddUnit(JoinNode* join, LogicalNode* tree, JoinType type, Mask left, std::vector<PoolItem>* pool) {
  size_t position = AddRelation(tree);
  Relation& unit = relations_[position];
  unit.type = type;
  unit.is_null_aware = join->is_null_aware;
  unit.is_lateral = join->is_lateral;
  unit.joins_last = true;
  ColumnSet read;
  ColumnSet own = unit.columns;
  for (Expression* conjunct : Conjuncts(join->condition)) {
    ColumnSet columns = ColumnsOf(conjunct);
    ColumnSet foreign = columns;
    foreign.RemoveAll(own);
    Mask reads = MaskOf(foreign) & left;
    if (type == JoinType::kInner) {
      pool->push_back({conjunct, 0, false});
      continue;
    }
    if (reads == 0 && columns.Intersects(own) && !unit.is_null_aware && TraitsOf(conjunct).is_movable()) {
      unit.local.push_back(conjunct);
      continue;
    }
    unit.on.push_back(conjunct);
    read.AddAll(columns);
  }
  unit.required = MaskOf(read) & left;
  if (unit.is_lateral) {
    ColumnSet free_columns = FreeColumns(tree);
    for (Expression* conjunct : unit.local) free_columns.AddAll(ColumnsOf(conjunct));
    unit.required |= MaskOf(free_columns) & left;
  }
  if (unit.required == 0 || join->is_straight) unit.required = left;
  // A straight join's or a lateral join's left side must be complete when it has units of its own.
}

Status JoinBuilder::Flatten(LogicalNode* node, std::vector<PoolItem>* pool) {
  if (relations_.size() >= kMaxRelations) return Error(ER_TOO_MANY_TABLES, 61);
  if (node->kind == LogicalKind::kFilter && node->children[0]->kind == LogicalKind::kJoin) {
    AddToPool(As<FilterNode>(node)->condition, pool);
    return Flatten(node->children[0], pool);
  }
  if (node->kind != LogicalKind::kJoin) {
    AddRelation(node);
    return {};
  }
  auto* join = As<JoinNode>(node);
  LogicalNode* left = node->children[0];
  LogicalNode* right = node->children[1];
  JoinType type = join->type;
  if (type == JoinType::kRight && !join->is_lateral) {
    std::swap(left, right);
    type = JoinType::kLeft;
  }
  if (type == JoinType::kFull || type == JoinType::kRight) {
    AddRelation(node);
    return {};
  }
  size_t first = relations_.size();
  MAHI_RETURN_IF_ERROR(Flatten(left, pool));
  size_t middle = relations_.size();
  Mask left_mask = ((Mask{1} << middle) - 1) & ~((Mask{1} << first) - 1);
  if (type != JoinType::kInner || join->is_lateral) {
    AddUnit(join, right, type, left_mask, pool);
    return {};
  }
  MAHI_RETURN_IF_ERROR(Flatten(right, pool));
  if (join->is_straight) {
    for (size_t i = middle; i < relations_.size(); ++i) {
      relations_[i].required |= left_mask;
      relations_[i].joins_last = true;
    }
  }
  AddToPool(join->condition, pool);
  return {};
}

void JoinBuilder::FindClasses() {
  auto find = [&](ColumnId column) -> int {
    for (size_t i = 0; i < classes_.size(); ++i) {
      for (ColumnId member : classes_[i].columns) {
        if (member == column) return static_cast<int>(i);
      }
    }
    return -1;
  };
  // Columns of the NULL-supplying side of an outer join are not equal to themselves after it.
  ColumnSet inner;
  for (const Relation& relation : relations_) {
    if (relation.type == JoinType::kInner) inner.AddAll(relation.columns);
  }
  for (const PoolItem& item : pool_) {
    ColumnId a, b;
    if (item.is_late || !IsColumnEquality(item.conjunct, &a, &b)) continue;
    if (!inner.Contains(a) || !inner.Contains(b)) continue;
    int left = find(a), right = find(b);
    if (left < 0 && right < 0) {
      classes_.push_back({{a, b}, As<FunctionExpression>(item.conjunct)});
    } else if (left < 0) {
      classes_[right].columns.push_back(a);
    } else if (right < 0) {
      classes_[left].columns.push_back(b);
    } else if (left != right) {
      EqualityClass moved = std::move(classes_[right]);
      classes_[left].columns.insert(classes_[left].columns.end(), moved.columns.begin(), moved.columns.end());
      classes_.erase(classes_.begin() + right);
    }
  }
  // A constant for one member is one for all of the same type.
  std::vector<PoolItem> derived;
  std::vector<Expression*> known_conjuncts;
  for (const PoolItem& item : pool_) {
    if (!item.is_late) known_conjuncts.push_back(item.conjunct);
  }
  for (const Relation& relation : relations_) {
    if (relation.type != JoinType::kInner) continue;
    known_conjuncts.insert(known_conjuncts.end(), relation.local.begin(), relation.local.end());
  }
  for (const EqualityClass& each : classes_) {
    for (Expression* conjunct : known_conjuncts) {
      if (!IsCall(conjunct, "=")) continue;
      auto* call = As<FunctionExpression>(conjunct);
      for (int side = 0; side < 2; ++side) {
        const auto* column = TryAs<ColumnExpression>(call->arguments[side]);
        Expression* value = call->arguments[1 - side];
        if (column == nullptr) continue;
        if (std::find(each.columns.begin(), each.columns.end(), column->column) == each.columns.end()) continue;
        if (MaskOf(ColumnsOf(value)) != 0 || !TraitsOf(value).is_movable() || TraitsOf(value).has_subquery) continue;
        for (ColumnId other : each.columns) {
          if (other == column->column) continue;
          const SqlType& type = *planner_.column(other).type;
          if (type.id != column->type.id || type.is_unsigned != column->type.is_unsigned ||
              type.decimals != column->type.decimals || type.collation != column->type.collation) {
            continue;
          }
          auto* copy = planner_.New<FunctionExpression>(*call);
          copy->arguments[side] = planner_.Column(other);
          bool is_known = false;
          for (Expression* known : known_conjuncts) is_known = is_known || SameExpression(known, copy);
          for (const PoolItem& known : derived) is_known = is_known || SameExpression(known.conjunct, copy);
          if (!is_known) derived.push_back({copy, MaskOf(ColumnsOf(copy)), false});
        }
      }
    }
  }
  pool_.insert(pool_.end(), derived.begin(), derived.end());
}

void JoinBuilder::DistributeConjuncts() {
  std::vector<PoolItem> rest;
  for (PoolItem& item : pool_) {
    bool is_single = Count(item.mask) == 1;
    size_t position = is_single ? static_cast<size_t>(__builtin_ctzll(item.mask)) : 0;
    if (!item.is_late && is_single && relations_[position].type == JoinType::kInner) {
      relations_[position].local.push_back(item.conjunct);
    } else {
      rest.push_back(item);
    }
  }
  pool_ = std::move(rest);
}

Status JoinBuilder::EstimateRelations(const ColumnSet& needed, const Wishes& wishes) {
  for (size_t i = 0; i < relations_.size(); ++i) {
    Relation& relation = relations_[i];
    if (relation.get != nullptr && !relation.is_lateral) {
      AccessPath path = TableReader(translator_, outer_).Choose(relation.get, relation.local, needed_, {});
      double rows = TableRows(planner_, *relation.get) * Selectivity(planner_, relation.local);
      if (path.kind == AccessPath::Kind::kPoint) rows = std::min(rows, 1.0);
      if (path.kind == AccessPath::Kind::kRanges) {
        // The index knows better than the guesses for what it covers.
        std::vector<Expression*> others;
        for (Expression* conjunct : relation.local) {
          if (std::find(path.absorbed.begin(), path.absorbed.end(), conjunct) == path.absorbed.end()) {
            others.push_back(conjunct);
          }
        }
        rows = path.rows_read * Selectivity(planner_, others);
      }
      relation.rows = std::max(rows, 0.01);
      relation.cost = path.cost;
    } else {
      LogicalNode* tree = relation.tree;
      if (!relation.local.empty()) {
        auto* filter = planner_.New<FilterNode>();
        filter->children = {tree};
        filter->output = tree->output;
        filter->condition = Conjunction(planner_, relation.local);
        tree = filter;
      }
      const OuterScope* scope = outer_;
      if (relation.is_lateral) {
        ColumnSet free_columns = FreeColumns(tree);
        relation.scope = std::make_unique<OuterScope>();
        for (ColumnId column : free_columns.ToVector()) {
          bool is_local = false;
          for (const Relation& other : relations_) is_local = is_local || (&other != &relation && other.columns.Contains(column));
          if (is_local) relation.scope->columns.push_back(column);
        }
        relation.scope->first_slot = planner_.plan->outer_slot_count;
        planner_.plan->outer_slot_count += static_cast<uint32_t>(relation.scope->columns.size());
        relation.scope->parent = outer_;
        scope = relation.scope.get();
      }
      MAHI_ASSIGN_OR_RETURN(BuiltPlan built, translator_.Translate(tree, needed_, scope));
      relation.rows = std::max(0.01, built.node->estimated_rows);
      relation.cost = built.node->estimated_cost;
      relation.built = std::move(built);
    }
    if (relation.type != JoinType::kInner) {
      double matches = relation.rows * Selectivity(planner_, relation.on);
      switch (relation.type) {
        case JoinType::kLeft: relation.factor = std::max(1.0, matches); break;
        case JoinType::kSemi: relation.factor = std::clamp(matches, 0.02, 1.0); break;
        case JoinType::kAnti: relation.factor = std::clamp(1 - matches, 0.1, 1.0); break;
        default: break;
      }
    }
  }
  return {};
}

double JoinBuilder::ClassSelectivity(Mask mask) {
  double selectivity = 1;
  for (const EqualityClass& each : classes_) {
    std::vector<double> distinct;  // of one member for each relation
    Mask seen = 0;
    for (ColumnId column : each.columns) {
      for (size_t i = 0; i < relations_.size(); ++i) {
        Mask bit = Mask{1} << i;
        if ((mask & bit) == 0 || (seen & bit) != 0 || !relations_[i].columns.Contains(column)) continue;
        seen |= bit;
        double rows = relations_[i].get != nullptr ? TableRows(planner_, *relations_[i].get) : relations_[i].rows;
        distinct.push_back(relations_[i].get != nullptr ? DistinctValues(planner_, column, rows)
                                                        : std::max(1.0, rows));
      }
    }
    if (distinct.size() < 2) continue;
    std::sort(distinct.begin(), distinct.end());
    for (size_t i = 1; i < distinct.size(); ++i) selectivity /= std::max(1.0, distinct[i]);
  }
  return selectivity;
}

double JoinBuilder::RowsOf(Mask mask) {
  double rows = 1;
  for (size_t i = 0; i < relations_.size(); ++i) {
    if ((mask >> i & 1) == 0) continue;
    const Relation& relation = relations_[i];
    rows *= relation.type == JoinType::kInner ? relation.rows : relation.factor;
  }
  rows *= ClassSelectivity(mask);
  for (const PoolItem& item : pool_) {
    if (item.is_late || (item.mask & ~mask) != 0 || Count(item.mask) < 2) continue;
    ColumnId a, b;
    if (IsColumnEquality(item.conjunct, &a, &b)) {
      bool in_class = false;
      for (const EqualityClass& each : classes_) {
        bool has_a = std::find(each.columns.begin(), each.columns.end(), a) != each.columns.end();
        in_class = in_class || has_a;
      }
      if (in_class) continue;
    }
    rows *= Selectivity(planner_, item.conjunct);
  }
  return std::max(rows, 0.01);
}

bool JoinBuilder::CanStart(size_t relation) const { return !relations_[relation].joins_last; }

std::vector<Expression*> JoinBuilder::JoinConjuncts(Mask left, Mask right) {
  std::vector<Expression*> conjuncts;
  Mask both = left | right;
  for (const PoolItem& item : pool_) {
    if (item.is_late || (item.mask & ~both) != 0 || item.mask == 0) continue;
    if ((item.mask & ~left) == 0 || (item.mask & ~right) == 0) continue;
    conjuncts.push_back(item.conjunct);
  }
  // Equalities that only the class tells.
  for (const EqualityClass& each : classes_) {
    ColumnId from_left = 0, from_right = 0;
    bool is_connected = false;
    for (ColumnId column : each.columns) {
      ColumnSet one;
      one.Add(column);
      Mask mask = MaskOf(one);
      if ((mask & left) != 0 && from_left == 0) from_left = column;
      if ((mask & right) != 0 && from_right == 0) from_right = column;
    }
    if (from_left == 0 || from_right == 0) continue;
    for (Expression* conjunct : conjuncts) {
      ColumnId a, b;
      if (!IsColumnEquality(conjunct, &a, &b)) continue;
      is_connected = is_connected || std::find(each.columns.begin(), each.columns.end(), a) != each.columns.end();
    }
    if (is_connected) continue;
    const SqlType& a = *planner_.column(from_left).type;
    const SqlType& b = *planner_.column(from_right).type;
    if (a.physical() != b.physical() || a.collation != b.collation) continue;
    auto* copy = planner_.New<FunctionExpression>(*each.example);
    copy->arguments = {planner_.Column(from_left), planner_.Column(from_right)};
    copy->text = {};
    conjuncts.push_back(copy);
  }
  return conjuncts;
}

void JoinBuilder::SplitKeys(const std::vector<Expression*>& conjuncts, const ColumnSet& left, const ColumnSet& right,
                            std::vector<KeyPair>* keys, std::vector<Expression*>* rest) {
  for (Expression* conjunct : conjuncts) {
    bool is_equal = IsCall(conjunct, "=");
    bool is_null_safe = IsCall(conjunct, "<=>");
    if (is_equal || is_null_safe) {
      auto* call = As<FunctionExpression>(conjunct);
      Expression* a = call->arguments[0];
      Expression* b = call->arguments[1];
      ColumnSet of_a = ColumnsOf(a), of_b = ColumnsOf(b);
      bool same_type = a->type.physical() == b->type.physical() &&
                       (!a->type.IsString() || a->type.collation == b->type.collation) &&
                       (a->type.id == TypeId::kTime) == (b->type.id == TypeId::kTime);
      bool movable = TraitsOf(a).is_movable() && TraitsOf(b).is_movable() && !TraitsOf(a).has_subquery &&
                     !TraitsOf(b).has_subquery;
      if (same_type && movable && a->kind != ExpressionKind::kRow) {
        if (of_a.Intersects(left) && !of_a.Intersects(right) && of_b.Intersects(right) && !of_b.Intersects(left)) {
          keys->push_back({a, b, is_null_safe});
          continue;
        }
        if (of_b.Intersects(left) && !of_b.Intersects(right) && of_a.Intersects(right) && !of_a.Intersects(left)) {
          keys->push_back({b, a, is_null_safe});
          continue;
        }
      }
    }
    rest->push_back(conjunct);
  }
}

std::optional<JoinBuilder::Entry> JoinBuilder::Combine(int left, int right, bool allow_cross, bool keep_order) {
  const Entry& l = entries_[left];
  const Entry& r = entries_[right];
  bool is_single = Count(r.mask) == 1;
  size_t position = static_cast<size_t>(__builtin_ctzll(r.mask));
  const Relation* relation = is_single ? &relations_[position] : nullptr;
  bool is_unit = is_single && relation->type != JoinType::kInner;
  bool is_lateral = is_single && relation->is_lateral;
  if (is_single && (relation->required & ~l.mask) != 0) return std::nullopt;
  if (keep_order && !l.is_ordered) return std::nullopt;

  std::vector<Expression*> conjuncts = is_unit ? relation->on : JoinConjuncts(l.mask, r.mask);
  if (conjuncts.empty() && !is_unit && !is_lateral && !allow_cross) return std::nullopt;

  Entry result;
  result.mask = l.mask | r.mask;
  result.rows = RowsOf(result.mask);
  result.left = left;
  result.right = right;
  result.relation = is_single ? static_cast<int>(position) : -1;
  result.is_ordered = l.is_ordered;
  double output = result.rows * kJoinOutputCost;

  if (is_lateral) {
    result.method = Method::kLateral;
    result.cost = l.cost + l.rows * (kReopenCost + r.cost) + output;
    return result;
  }

  ColumnSet left_columns = ColumnsOfMask(l.mask), right_columns = ColumnsOfMask(r.mask);
  std::vector<KeyPair> keys;
  std::vector<Expression*> rest;
  SplitKeys(conjuncts, left_columns, right_columns, &keys, &rest);
  JoinType type = is_unit ? relation->type : JoinType::kInner;

  // Nested loop over the materialised right side.
  result.method = Method::kNestedLoop;
  result.cost = l.cost + r.cost + r.rows * kMaterializedRowCost +
                l.rows * r.rows * kPairCost * static_cast<double>(1 + conjuncts.size()) + output;
  if (is_unit && relation->is_null_aware && keys.empty()) return result;

  if (!keys.empty() && !keep_order) {
    double cost = l.cost + r.cost + r.rows * kHashBuildCost + l.rows * kHashProbeCost + output;
    if (cost < result.cost) {
      result.cost = cost;
      result.method = Method::kHash;
      result.is_ordered = false;
    }
    if (type == JoinType::kInner || (type == JoinType::kLeft)) {
      cost = l.cost + r.cost + l.rows * kHashBuildCost + r.rows * kHashProbeCost + output;
      if (cost < result.cost) {
        result.cost = cost;
        result.method = Method::kHashSwapped;
        result.is_ordered = false;
      }
    }
  }
  // Look-ups in an index of the right side.
  if (is_single && relation->get != nullptr && !keys.empty() && !relation->is_null_aware) {
    std::vector<Expression*> all = conjuncts;
    all.insert(all.end(), relation->local.begin(), relation->local.end());
    IndexLookup lookup = FindIndexLookup(planner_, relation->get, all, left_columns, needed_);
    if (lookup.is_usable) {
      double cost = l.cost + l.rows * lookup.cost_per_key + output;
      if (type == JoinType::kSemi || type == JoinType::kAnti) {
        cost = l.cost + l.rows * std::min(lookup.cost_per_key, kSeekCost + kLookupCost * 2) + output;
      }
      if (cost < result.cost) {
        result.cost = cost;
        result.method = Method::kIndex;
        result.is_ordered = l.is_ordered;
      }
    }
  }
  return result;
}

namespace {

// The cost of the rows that are read before a limit stops the plan.
double LimitedCost(double cost, double rows, double row_limit) {
  if (row_limit < 0) return cost;
  return cost * std::min(1.0, row_limit / std::max(rows, 1.0));
}

}  // namespace

Result<int> JoinBuilder::OrderDynamically(bool keep_order) {
  size_t n = relations_.size();
  Mask full = (Mask{1} << n) - 1;
  for (bool allow_cross : {false, true}) {
    std::vector<int> best(size_t{1} << n, -1);
    for (size_t i = 0; i < n; ++i) {
      Entry leaf;
      leaf.mask = Mask{1} << i;
      leaf.rows = relations_[i].rows;
      leaf.cost = relations_[i].cost;
      leaf.relation = static_cast<int>(i);
      if (keep_order) {
        leaf.is_ordered = ordered_relation_ == -2 || static_cast<int>(i) == ordered_relation_;
        if (leaf.is_ordered && relations_[i].get != nullptr && wishes_->order != nullptr) {
          Wishes wishes;
          wishes.order = wishes_->order;
          AccessPath path = TableReader(translator_, outer_).Choose(relations_[i].get, relations_[i].local, needed_, wishes);
          leaf.is_ordered = path.meets_order;
          leaf.cost = path.cost;
        } else if (wishes_->order != nullptr) {
          leaf.is_ordered = false;
        }
      }
      entries_.push_back(leaf);
      best[leaf.mask] = static_cast<int>(entries_.size()) - 1;
    }
    for (Mask mask = 1; mask <= full; ++mask) {
      if (Count(mask) < 2) continue;
      std::optional<Entry> chosen;
      for (Mask part = (mask - 1) & mask; part != 0; part = (part - 1) & mask) {
        Mask other = mask ^ part;
        int left = best[part], right = best[other];
        if (left < 0 || right < 0) continue;
        // A unit alone cannot be a left side.
        if (Count(part) == 1 && !CanStart(static_cast<size_t>(__builtin_ctzll(part)))) continue;
        // Bushy right sides are whole plans of their own.
        if (Count(other) > 1 && keep_order) continue;
        std::optional<Entry> entry = Combine(left, right, allow_cross, keep_order);
        if (entry && (!chosen || entry->cost < chosen->cost)) chosen = entry;
      }
      if (!chosen) continue;
      entries_.push_back(*chosen);
      best[mask] = static_cast<int>(entries_.size()) - 1;
    }
    if (best[full] >= 0) return best[full];
  }
  return -1;
}

Result<int> JoinBuilder::OrderGreedily(bool keep_order) {
  if (keep_order) return -1;
  size_t n = relations_.size();
  std::vector<int> leaves;
  for (size_t i = 0; i < n; ++i) {
    Entry leaf;
    leaf.mask = Mask{1} << i;
    leaf.rows = relations_[i].rows;
    leaf.cost = relations_[i].cost;
    leaf.relation = static_cast<int>(i);
    entries_.push_back(leaf);
    leaves.push_back(static_cast<int>(entries_.size()) - 1);
  }
  // From each of the cheapest starts a left-deep chain that adds the join with the smallest result.
  std::vector<size_t> starts;
  for (size_t i = 0; i < n; ++i) {
    if (CanStart(i)) starts.push_back(i);
  }
  std::sort(starts.begin(), starts.end(), [&](size_t a, size_t b) { return relations_[a].rows < relations_[b].rows; });
  if (starts.size() > 5) starts.resize(5);
  int best = -1;
  for (size_t start : starts) {
    int current = leaves[start];
    while (current >= 0 && Count(entries_[current].mask) < static_cast<int>(n)) {
      std::optional<Entry> chosen;
      for (bool allow_cross : {false, true}) {
        for (size_t i = 0; i < n; ++i) {
          if ((entries_[current].mask >> i & 1) != 0) continue;
          std::optional<Entry> entry = Combine(current, leaves[i], allow_cross, false);
          if (!entry) continue;
          if (!chosen || entry->cost + entry->rows < chosen->cost + chosen->rows) chosen = entry;
        }
        if (chosen) break;
      }
      if (!chosen) {
        current = -1;
        break;
      }
      entries_.push_back(*chosen);
      current = static_cast<int>(entries_.size()) - 1;
    }
    if (current >= 0 && (best < 0 || entries_[current].cost < entries_[best].cost)) best = current;
  }
  return best;
}

Result<BuiltPlan> JoinBuilder::Build(LogicalNode* node, const std::vector<Expression*>& conjuncts,
                                     const ColumnSet& needed, const Wishes& wishes) {
  auto* root = As<JoinNode>(node);
  if (root->type == JoinType::kFull || (root->type == JoinType::kRight && root->is_lateral)) {
    // Both sides as they are.
    ColumnSet below = needed;
    for (Expression* conjunct : conjuncts) CollectColumns(conjunct, &below);
    std::vector<Expression*> on = Conjuncts(root->condition);
    for (Expression* conjunct : on) CollectColumns(conjunct, &below);
    MAHI_ASSIGN_OR_RETURN(BuiltPlan left, translator_.Translate(node->children[0], below, outer_));
    MAHI_ASSIGN_OR_RETURN(BuiltPlan right, translator_.Translate(node->children[1], below, outer_));
    if (root->is_lateral) return Error(ER_NOT_SUPPORTED_YET, "RIGHT JOIN LATERAL");
    std::vector<KeyPair> keys;
    std::vector<Expression*> rest;
    SplitKeys(on, ColumnSet(left.layout), ColumnSet(right.layout), &keys, &rest);
    std::vector<ColumnId> layout = left.layout;
    layout.insert(layout.end(), right.layout.begin(), right.layout.end());
    PhysicalNode* result;
    if (keys.empty()) {
      auto* loop = planner_.New<PhysicalNestedLoopJoin>();
      loop->type = JoinType::kFull;
      if (!on.empty()) {
        MAHI_ASSIGN_OR_RETURN(loop->condition, translator_.Resolve(Conjunction(planner_, on), layout, outer_));
      }
      result = loop;
    } else {
      auto* hash = planner_.New<PhysicalHashJoin>();
      hash->type = JoinType::kFull;
      for (const KeyPair& key : keys) {
        MAHI_ASSIGN_OR_RETURN(Expression * a, translator_.Resolve(key.left, left.layout, outer_));
        MAHI_ASSIGN_OR_RETURN(Expression * b, translator_.Resolve(key.right, right.layout, outer_));
        hash->left_keys.push_back(a);
        hash->right_keys.push_back(b);
        hash->null_safe.push_back(key.null_safe);
      }
      if (!rest.empty()) {
        MAHI_ASSIGN_OR_RETURN(hash->condition, translator_.Resolve(Conjunction(planner_, rest), layout, outer_));
      }
      result = hash;
    }
    result->children = {left.node, right.node};
    result->estimated_rows = left.node->estimated_rows + right.node->estimated_rows;
    result->estimated_cost = left.node->estimated_cost + right.node->estimated_cost + result->estimated_rows;
    return translator_.AddFilter(translator_.Done(result, std::move(layout)), conjuncts, outer_);
  }

  wishes_ = &wishes;
  for (Expression* conjunct : conjuncts) pool_.push_back({conjunct, 0, false});
  MAHI_RETURN_IF_ERROR(Flatten(node, &pool_));
  needed_ = needed;
  for (PoolItem& item : pool_) {
    ColumnSet columns = ColumnsOf(item.conjunct);
    item.mask = MaskOf(columns);
    ExpressionTraits traits = TraitsOf(item.conjunct);
    item.is_late = !traits.is_movable() || traits.has_correlated_subquery || item.mask == 0;
    needed_.AddAll(columns);
  }
  for (const Relation& relation : relations_) {
    for (Expression* conjunct : relation.on) CollectColumns(conjunct, &needed_);
    if (relation.is_lateral) needed_.AddAll(FreeColumns(relation.tree));
  }
  FindClasses();
  for (const EqualityClass& each : classes_) needed_.AddAll(each.columns);
  DistributeConjuncts();
  for (const Relation& relation : relations_) {
    if (relation.get != nullptr) continue;
    for (Expression* conjunct : relation.local) CollectColumns(conjunct, &needed_);
  }
  MAHI_RETURN_IF_ERROR(EstimateRelations(needed, wishes));

  bool is_dynamic = relations_.size() <= kMaxDynamic;
  int root_entry;
  if (relations_.size() == 1) return Error(ER_INTERNAL_ERROR, "optimizer: a join of one table");
  if (is_dynamic) {
    MAHI_ASSIGN_OR_RETURN(root_entry, OrderDynamically(false));
  } else {
    MAHI_ASSIGN_OR_RETURN(root_entry, OrderGreedily(false));
  }
  if (root_entry < 0) return Error(ER_INTERNAL_ERROR, "optimizer: no join order");
  bool keeps_order = false;
  if (is_dynamic && (wishes.order != nullptr || wishes.row_limit >= 0)) {
    ordered_relation_ = wishes.order == nullptr ? -2 : -1;
    if (wishes.order != nullptr) {
      ColumnSet wished;
      for (const OrderItem& item : *wishes.order) wished.Add(item.column);
      Mask mask = MaskOf(wished);
      if (Count(mask) == 1) ordered_relation_ = __builtin_ctzll(mask);
    }
    if (ordered_relation_ != -1) {
      size_t before = entries_.size();
      MAHI_ASSIGN_OR_RETURN(int ordered, OrderDynamically(true));
      if (ordered >= 0 && entries_[ordered].is_ordered) {
        double plain = entries_[root_entry].cost;
        if (wishes.order != nullptr) plain += SortCost(entries_[root_entry].rows);
        double limited = LimitedCost(entries_[ordered].cost, entries_[ordered].rows, wishes.row_limit);
        if (limited < plain) {
          root_entry = ordered;
          keeps_order = true;
        }
      }
      (void)before;
    }
  }
  Wishes passed;
  if (keeps_order) {
    passed.order = wishes.order;
    // The driving table may stop early too, but how early depends on the joins; leave its path to the order.
  }
  bool order_met = false;
  passed.order_met = &order_met;
  MAHI_ASSIGN_OR_RETURN(BuiltPlan built, BuildEntry(root_entry, passed));
  if (keeps_order && wishes.order != nullptr && wishes.order_met != nullptr) *wishes.order_met = order_met;
  std::vector<Expression*> late;
  for (const PoolItem& item : pool_) {
    if (item.is_late) late.push_back(item.conjunct);
  }
  return translator_.AddFilter(std::move(built), late, outer_);
}

Result<BuiltPlan> JoinBuilder::BuildEntry(int entry, const Wishes& wishes) {
  const Entry copy = entries_[entry];
  if (copy.method == Method::kLeaf) return BuildLeaf(static_cast<size_t>(copy.relation), wishes);
  return BuildJoin(copy, wishes);
}

Result<BuiltPlan> JoinBuilder::BuildLeaf(size_t position, const Wishes& wishes) {
  Relation& relation = relations_[position];
  if (relation.built) return *relation.built;
  Wishes passed = wishes;
  bool has_order = static_cast<int>(position) == ordered_relation_;
  if (!has_order) passed.order = nullptr;
  ColumnSet needed = needed_;
  return TableReader(translator_, outer_).Read(relation.get, relation.local, needed, passed);
}

Result<BuiltPlan> JoinBuilder::BuildIndexJoin(const Entry& entry, BuiltPlan left,
                                              const std::vector<Expression*>& conjuncts) {
  Relation& relation = relations_[static_cast<size_t>(entry.relation)];
  ColumnSet left_columns = ColumnsOfMask(entries_[entry.left].mask);
  std::vector<Expression*> all = conjuncts;
  all.insert(all.end(), relation.local.begin(), relation.local.end());
  IndexLookup lookup = FindIndexLookup(planner_, relation.get, all, left_columns, needed_);
  MAHI_ASSERT(lookup.is_usable);
  auto* join = planner_.New<PhysicalIndexJoin>();
  join->children = {left.node};
  join->type = relation.type;
  join->index = lookup.index;
  join->null_safe = lookup.null_safe;
  join->is_unique = lookup.is_unique;
  join->is_covering = lookup.is_covering;
  for (Expression* key : lookup.keys) {
    MAHI_ASSIGN_OR_RETURN(Expression * resolved, translator_.Resolve(key, left.layout, outer_));
    join->keys.push_back(resolved);
  }
  auto is_absorbed = [&](Expression* conjunct) {
    return std::find(lookup.absorbed.begin(), lookup.absorbed.end(), conjunct) != lookup.absorbed.end();
  };
  std::vector<Expression*> local, rest;
  for (Expression* conjunct : relation.local) {
    if (!is_absorbed(conjunct)) local.push_back(conjunct);
  }
  for (Expression* conjunct : conjuncts) {
    if (!is_absorbed(conjunct)) rest.push_back(conjunct);
  }
  ColumnSet read = needed_;
  for (Expression* conjunct : local) CollectColumns(conjunct, &read);
  auto* right = planner_.New<PhysicalIndexScan>();
  right->table = relation.get->table;
  right->alias = relation.get->alias;
  right->index = lookup.index;
  right->is_covering = lookup.is_covering;
  right->lock_mode = relation.get->lock_mode;
  right->wait_policy = relation.get->wait_policy;
  std::vector<ColumnId> right_layout;
  for (size_t i = 0; i < relation.get->output.size(); ++i) {
    ColumnId column = relation.get->output[i];
    if (column == relation.get->row_locator || !read.Contains(column)) continue;
    right->ordinals.push_back(relation.get->ordinals[i]);
    right_layout.push_back(column);
  }
  if (relation.get->row_locator != 0 && read.Contains(relation.get->row_locator)) {
    right->outputs_locator = true;
    right_layout.push_back(relation.get->row_locator);
  }
  if (!local.empty()) {
    MAHI_ASSIGN_OR_RETURN(right->filter, translator_.Resolve(Conjunction(planner_, local), right_layout, outer_));
  }
  translator_.Describe(right, right_layout);
  right->estimated_rows = lookup.rows_per_key;
  right->estimated_cost = lookup.cost_per_key;
  join->right = right;
  std::vector<ColumnId> both = left.layout;
  both.insert(both.end(), right_layout.begin(), right_layout.end());
  if (!rest.empty()) {
    MAHI_ASSIGN_OR_RETURN(join->condition, translator_.Resolve(Conjunction(planner_, rest), both, outer_));
  }
  join->estimated_rows = entry.rows;
  join->estimated_cost = entry.cost;
  bool only_left = relation.type == JoinType::kSemi || relation.type == JoinType::kAnti;
  return translator_.Done(join, only_left ? left.layout : both);
}

Result<BuiltPlan> JoinBuilder::BuildJoin(const Entry& entry, const Wishes& wishes) {
  Mask left_mask = entries_[entry.left].mask, right_mask = entries_[entry.right].mask;
  Relation* relation = entry.relation >= 0 ? &relations_[static_cast<size_t>(entry.relation)] : nullptr;
  bool is_unit = relation != nullptr && relation->type != JoinType::kInner;
  JoinType type = is_unit ? relation->type : JoinType::kInner;
  std::vector<Expression*> conjuncts = is_unit ? relation->on : JoinConjuncts(left_mask, right_mask);
  MAHI_ASSIGN_OR_RETURN(BuiltPlan left, BuildEntry(entry.left, wishes));
  BuiltPlan result;
  if (entry.method == Method::kIndex) {
    MAHI_ASSIGN_OR_RETURN(result, BuildIndexJoin(entry, std::move(left), conjuncts));
  } else {
    Wishes none;
    MAHI_ASSIGN_OR_RETURN(BuiltPlan right, BuildEntry(entry.right, none));
    bool only_left = type == JoinType::kSemi || type == JoinType::kAnti;
    if (entry.method == Method::kHash || entry.method == Method::kHashSwapped) {
      bool is_swapped = entry.method == Method::kHashSwapped;
      std::vector<KeyPair> keys;
      std::vector<Expression*> rest;
      SplitKeys(conjuncts, ColumnsOfMask(left_mask), ColumnsOfMask(right_mask), &keys, &rest);
      auto* join = planner_.New<PhysicalHashJoin>();
      join->type = is_swapped && type == JoinType::kLeft ? JoinType::kRight : type;
      join->is_null_aware = is_unit && relation->is_null_aware;
      BuiltPlan& probe = is_swapped ? right : left;
      BuiltPlan& build = is_swapped ? left : right;
      join->children = {probe.node, build.node};
      for (const KeyPair& key : keys) {
        MAHI_ASSIGN_OR_RETURN(Expression * a, translator_.Resolve(key.left, left.layout, outer_));
        MAHI_ASSIGN_OR_RETURN(Expression * b, translator_.Resolve(key.right, right.layout, outer_));
        join->left_keys.push_back(is_swapped ? b : a);
        join->right_keys.push_back(is_swapped ? a : b);
        join->null_safe.push_back(key.null_safe);
      }
      std::vector<ColumnId> both = probe.layout;
      both.insert(both.end(), build.layout.begin(), build.layout.end());
      if (!rest.empty()) {
        MAHI_ASSIGN_OR_RETURN(join->condition, translator_.Resolve(Conjunction(planner_, rest), both, outer_));
      }
      join->estimated_rows = entry.rows;
      join->estimated_cost = entry.cost;
      result = translator_.Done(join, only_left ? left.layout : both);
    } else {
      auto* join = planner_.New<PhysicalNestedLoopJoin>();
      join->type = type;
      join->is_null_aware = is_unit && relation->is_null_aware;
      join->children = {left.node, right.node};
      std::vector<ColumnId> both = left.layout;
      both.insert(both.end(), right.layout.begin(), right.layout.end());
      if (entry.method == Method::kLateral) {
        join->first_outer_slot = relation->scope->first_slot;
        for (ColumnId column : relation->scope->columns) {
          MAHI_ASSIGN_OR_RETURN(Expression * argument,
                                translator_.Resolve(planner_.Column(column), left.layout, outer_));
          join->outer_arguments.push_back(argument);
        }
      }
      if (!conjuncts.empty()) {
        MAHI_ASSIGN_OR_RETURN(join->condition, translator_.Resolve(Conjunction(planner_, conjuncts), both, outer_));
      }
      join->estimated_rows = entry.rows;
      join->estimated_cost = entry.cost;
      result = translator_.Done(join, only_left ? left.layout : both);
    }
  }
  // Conjuncts over a unit's columns that are not part of its condition.
  if (is_unit) {
    std::vector<Expression*> after = JoinConjuncts(left_mask, right_mask);
    Mask both = left_mask | right_mask;
    for (const PoolItem& item : pool_) {
      if (item.is_late || item.mask != (item.mask & right_mask) || (item.mask & ~both) != 0 || item.mask == 0) continue;
      after.push_back(item.conjunct);
    }
    MAHI_ASSIGN_OR_RETURN(result, translator_.AddFilter(std::move(result), after, outer_));
  }
  return result;
}

}  // namespace mahi
