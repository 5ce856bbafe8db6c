#include "optimizer/rule/push_predicates.h"

#include <algorithm>

#include "optimizer/logical_util.h"
#include "optimizer/rule/constant_folding.h"
#include "optimizer/rule/predicate.h"

namespace mahi {

namespace {

using ConjunctList = std::vector<Expression*>;

class Pusher {
 public:
  explicit Pusher(Planner& planner) : planner_(planner) {}

  // `node` with the conjuncts applied, as deep down as they may go.
  LogicalNode* Push(LogicalNode* node, ConjunctList conjuncts);

 private:
  LogicalNode* PushJoin(JoinNode* join, ConjunctList conjuncts);
  LogicalNode* AddFilter(LogicalNode* node, const ConjunctList& conjuncts);
  LogicalNode* Empty(LogicalNode* node);
  // Splits off what may pass below a node that gives each row through unchanged, or less of them.
  static void Split(const ConjunctList& conjuncts, ConjunctList* movable, ConjunctList* fixed);

  Planner& planner_;
};

void Pusher::Split(const ConjunctList& conjuncts, ConjunctList* movable, ConjunctList* fixed) {
  // Order matters to volatile conditions: nothing passes the first one... and nothing needs to.
  for (Expression* conjunct : conjuncts) {
    (TraitsOf(conjunct).is_movable() ? movable : fixed)->push_back(conjunct);
  }
}

LogicalNode* Pusher::AddFilter(LogicalNode* node, const ConjunctList& conjuncts) {
  if (conjuncts.empty()) return node;
  auto* filter = planner_.New<FilterNode>();
  filter->children = {node};
  filter->output = node->output;
  filter->condition = Conjunction(planner_, conjuncts);
  return filter;
}

// Locators are not in `output`, but a plan without rows must still name them.
void AddLocators(LogicalNode* node, std::vector<ColumnId>* output) {
  if (node->kind == LogicalKind::kGet && As<GetNode>(node)->row_locator != 0) {
    output->push_back(As<GetNode>(node)->row_locator);
  }
  if (node->kind == LogicalKind::kProject || node->kind == LogicalKind::kAggregate) return;
  for (LogicalNode* child : node->children) AddLocators(child, output);
}

LogicalNode* Pusher::Empty(LogicalNode* node) {
  auto* empty = planner_.New<EmptyNode>();
  empty->output = node->output;
  AddLocators(node, &empty->output);
  return empty;
}

// Conjuncts of `on` and implied ones that read only `side`.
void TakeSide(Planner& planner, const ColumnSet& side, const ColumnSet& other, bool takes_implied,
              ConjunctList* conjuncts, ConjunctList* taken) {
  ConjunctList rest;
  for (Expression* conjunct : *conjuncts) {
    ColumnSet columns = ColumnsOf(conjunct);
    ExpressionTraits traits = TraitsOf(conjunct);
    // A correlated subquery is dear: it runs for the rows that the joins leave.
    if (traits.has_correlated_subquery) {
      rest.push_back(conjunct);
      continue;
    }
    if (traits.is_movable() && columns.Intersects(side) && !columns.Intersects(other)) {
      taken->push_back(conjunct);
      continue;
    }
    rest.push_back(conjunct);
    if (!takes_implied || !traits.is_movable()) continue;
    if (Expression* implied = ImpliedDisjunction(planner, conjunct, side)) taken->push_back(implied);
  }
  *conjuncts = std::move(rest);
}

LogicalNode* Pusher::PushJoin(JoinNode* join, ConjunctList conjuncts) {
  ColumnSet left(join->children[0]->output), right(join->children[1]->output);
  // Rows that the outer join supplies and a condition above rejects need not be made.
  for (Expression* conjunct : conjuncts) {
    if (!TraitsOf(conjunct).is_movable()) continue;
    if (join->type == JoinType::kLeft && RejectsNull(conjunct, right)) join->type = JoinType::kInner;
    if (join->type == JoinType::kRight && RejectsNull(conjunct, left)) join->type = JoinType::kInner;
    if (join->type == JoinType::kFull) {
      bool rejects_right = RejectsNull(conjunct, right), rejects_left = RejectsNull(conjunct, left);
      if (rejects_right && rejects_left) {
        join->type = JoinType::kInner;
      } else if (rejects_right) {
        join->type = JoinType::kRight;
      } else if (rejects_left) {
        join->type = JoinType::kLeft;
      }
    }
  }
  ConjunctList on = Conjuncts(join->condition);
  ConjunctList to_left, to_right, above;
  bool is_possible = true;
  switch (join->type) {
    case JoinType::kInner: {
      on.insert(on.end(), conjuncts.begin(), conjuncts.end());
      is_possible = SimplifyConjuncts(planner_, &on);
      if (!is_possible) return Empty(join);
      TakeSide(planner_, left, right, true, &on, &to_left);
      TakeSide(planner_, right, left, true, &on, &to_right);
      break;
    }
    case JoinType::kLeft:
    case JoinType::kRight: {
      bool is_left = join->type == JoinType::kLeft;
      const ColumnSet& kept = is_left ? left : right;
      const ColumnSet& supplied = is_left ? right : left;
      above = conjuncts;
      TakeSide(planner_, kept, supplied, true, &above, is_left ? &to_left : &to_right);
      // An impossible ON condition gives every kept row once; the translation copes with it.
      ConjunctList simplified = on;
      if (SimplifyConjuncts(planner_, &simplified)) on = std::move(simplified);
      TakeSide(planner_, supplied, kept, true, &on, is_left ? &to_right : &to_left);
      break;
    }
    case JoinType::kSemi:
    case JoinType::kAnti: {
      above = conjuncts;
      TakeSide(planner_, left, right, false, &above, &to_left);
      if (!join->is_null_aware) TakeSide(planner_, right, left, true, &on, &to_right);
      if (join->type == JoinType::kSemi) TakeSide(planner_, left, right, true, &on, &to_left);
      break;
    }
    case JoinType::kFull:
      above = conjuncts;
      break;
  }
  join->children[0] = Push(join->children[0], std::move(to_left));
  join->children[1] = Push(join->children[1], std::move(to_right));
  join->condition = Conjunction(planner_, on);
  bool left_empty = join->children[0]->kind == LogicalKind::kEmpty;
  bool right_empty = join->children[1]->kind == LogicalKind::kEmpty;
  if (join->type == JoinType::kInner && (left_empty || right_empty)) return Empty(join);
  if ((join->type == JoinType::kLeft || join->type == JoinType::kSemi || join->type == JoinType::kAnti) && left_empty) {
    return Empty(join);
  }
  if (join->type == JoinType::kSemi && right_empty) return Empty(join);
  if (join->type == JoinType::kAnti && right_empty) return AddFilter(join->children[0], above);
  return AddFilter(join, above);
}

LogicalNode* Pusher::Push(LogicalNode* node, ConjunctList conjuncts) {
  switch (node->kind) {
    case LogicalKind::kFilter: {
      ConjunctList own = Conjuncts(As<FilterNode>(node)->condition);
      own.insert(own.end(), conjuncts.begin(), conjuncts.end());
      if (!SimplifyConjuncts(planner_, &own)) return Empty(node);
      return Push(node->children[0], std::move(own));
    }
    case LogicalKind::kJoin:
      return PushJoin(As<JoinNode>(node), std::move(conjuncts));
    case LogicalKind::kProject: {
      auto* project = As<ProjectNode>(node);
      ColumnReplacements replacements;
      ColumnSet opaque;  // columns that conditions must not be computed through
      for (size_t i = 0; i < project->expressions.size(); ++i) {
        ExpressionTraits traits = TraitsOf(project->expressions[i]);
        if (traits.is_movable() && !traits.has_subquery) {
          replacements[node->output[i]] = project->expressions[i];
        } else {
          opaque.Add(node->output[i]);
        }
      }
      bool has_effect = false;
      for (Expression* expression : project->expressions) has_effect = has_effect || TraitsOf(expression).has_side_effect;
      ConjunctList below, above;
      for (Expression* conjunct : conjuncts) {
        ExpressionTraits traits = TraitsOf(conjunct);
        bool passes = traits.is_movable() && !has_effect && !ColumnsOf(conjunct).Intersects(opaque);
        if (passes) {
          below.push_back(FoldConstants(planner_, CopyExpression(planner_, conjunct, replacements)));
        } else {
          above.push_back(conjunct);
        }
      }
      node->children[0] = Push(node->children[0], std::move(below));
      if (node->children[0]->kind == LogicalKind::kEmpty && !has_effect) return Empty(node);
      return AddFilter(node, above);
    }
    case LogicalKind::kAggregate: {
      auto* aggregate = As<AggregateNode>(node);
      ConjunctList below, above;
      ColumnReplacements keys;
      ColumnSet key_columns;
      if (!aggregate->with_rollup) {
        for (size_t i = 0; i < aggregate->keys.size(); ++i) {
          ExpressionTraits traits = TraitsOf(aggregate->keys[i]);
          if (!traits.is_movable() || traits.has_subquery) continue;
          keys[node->output[i]] = aggregate->keys[i];
          key_columns.Add(node->output[i]);
        }
      }
      ColumnSet own(node->output);
      for (Expression* conjunct : conjuncts) {
        ColumnSet columns = ColumnsOf(conjunct);
        bool reads_key = columns.Intersects(key_columns);
        ColumnSet aggregates = own;
        aggregates.RemoveAll(key_columns);
        ExpressionTraits traits = TraitsOf(conjunct);
        if (reads_key && !columns.Intersects(aggregates) && traits.is_movable() && !traits.has_correlated_subquery) {
          below.push_back(CopyExpression(planner_, conjunct, keys));
        } else {
          above.push_back(conjunct);
        }
      }
      node->children[0] = Push(node->children[0], std::move(below));
      if (node->children[0]->kind == LogicalKind::kEmpty && !aggregate->keys.empty() && !aggregate->with_rollup) {
        return Empty(node);
      }
      return AddFilter(node, above);
    }
    case LogicalKind::kWindow: {
      auto* window = As<WindowNode>(node);
      ColumnSet shared;  // columns by which every function is partitioned
      bool is_first = true;
      for (WindowExpression* function : window->functions) {
        ColumnSet mine;
        if (function->window != nullptr) {
          for (Expression* expression : function->window->partition_by) {
            if (const auto* column = TryAs<ColumnExpression>(expression)) mine.Add(column->column);
          }
        }
        if (is_first) {
          shared = mine;
        } else {
          ColumnSet gone = shared;
          gone.RemoveAll(mine);
          shared.RemoveAll(gone);
        }
        is_first = false;
      }
      ConjunctList below, above;
      for (Expression* conjunct : conjuncts) {
        ColumnSet columns = ColumnsOf(conjunct);
        bool passes = columns.Intersects(shared) && TraitsOf(conjunct).is_movable() && !TraitsOf(conjunct).has_subquery;
        ColumnSet others(node->output);
        others.RemoveAll(shared);
        passes = passes && !columns.Intersects(others);
        (passes ? below : above).push_back(conjunct);
      }
      node->children[0] = Push(node->children[0], std::move(below));
      return AddFilter(node, above);
    }
    case LogicalKind::kDistinct:
    case LogicalKind::kSort: {
      ConjunctList below, above;
      Split(conjuncts, &below, &above);
      std::vector<ColumnId> output = node->output;
      node->children[0] = Push(node->children[0], std::move(below));
      if (node->children[0]->kind == LogicalKind::kEmpty) return node->children[0];
      return AddFilter(node, above);
    }
    case LogicalKind::kSetOperation: {
      ConjunctList below, above;
      for (Expression* conjunct : conjuncts) {
        bool passes = TraitsOf(conjunct).is_movable() && !TraitsOf(conjunct).has_subquery &&
                      ColumnsOf(conjunct).Intersects(ColumnSet(node->output));
        (passes ? below : above).push_back(conjunct);
      }
      for (LogicalNode*& child : node->children) {
        ColumnReplacements renamed;
        for (size_t i = 0; i < node->output.size(); ++i) {
          const SqlType& type = *planner_.column(node->output[i]).type;
          ColumnExpression* column = planner_.Column(child->output[i]);
          column->type = type;
          renamed[node->output[i]] = column;
        }
        ConjunctList mine;
        for (Expression* conjunct : below) {
          mine.push_back(FoldConstants(planner_, CopyExpression(planner_, conjunct, renamed)));
        }
        std::vector<ColumnId> output = child->output;
        child = KeepOutput(planner_, Push(child, std::move(mine)), output, {});
      }
      return AddFilter(node, above);
    }
    case LogicalKind::kCte: {
      std::vector<ColumnId> output = node->children[0]->output;
      node->children[0] = KeepOutput(planner_, Push(node->children[0], {}), output, {});
      ConjunctList below, above;
      Split(conjuncts, &below, &above);
      node->children[1] = Push(node->children[1], std::move(below));
      node->output = node->children[1]->output;
      return AddFilter(node, above);
    }
    default:
      for (LogicalNode*& child : node->children) child = Push(child, {});
      if (!SimplifyConjuncts(planner_, &conjuncts)) return Empty(node);
      return AddFilter(node, conjuncts);
  }
}

}  // namespace

LogicalNode* PushPredicates(Planner& planner, LogicalNode* root) { return Pusher(planner).Push(root, {}); }

}  // namespace mahi
