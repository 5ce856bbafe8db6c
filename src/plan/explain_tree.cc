// EXPLAIN FORMAT=TREE and EXPLAIN ANALYZE: one operator a line, what it reads indented below it.
//
//   -> Limit: 2 row(s)  (cost=1.2 rows=2) (actual time=0.1..0.2 rows=2 loops=1)
//       -> Filter: (t.b > 1)  (cost=1.2 rows=5)
#include <fmt/core.h>

#include "plan/explain.h"
#include "plan/explain_expression.h"
#include "plan/physical_visitor.h"

namespace mahi {

namespace {

class TreePrinter {
 public:
  explicit TreePrinter(const std::vector<ExplainCounters>& counters) : counters_(counters) {}

  void Print(const PhysicalNode* node, size_t depth) {
    if (node == nullptr) return;
    // A projection costs nothing worth a line, unless it is all there is.
    if (node->kind == PhysicalKind::kProject && !node->children.empty() &&
        node->children[0]->kind != PhysicalKind::kSingleRow) {
      Print(node->children[0], depth);
      PrintSubqueries(node, depth, "Select #");
      return;
    }
    if (const auto* limit = node->kind == PhysicalKind::kLimit ? As<PhysicalLimit>(node) : nullptr) {
      if (limit->count == nullptr && limit->offset == nullptr) return Print(node->children[0], depth);
    }
    const Expression* filter = FilterOf(node);
    if (filter != nullptr) {
      Line(depth, "Filter: " + ExplainExpression(filter), node);
      ++depth;
    }
    Line(depth, Describe(node), node);
    if (node->kind == PhysicalKind::kIndexJoin) {
      const auto* join = As<PhysicalIndexJoin>(node);
      Print(join->children[0], depth + 1);
      size_t right_depth = depth + 1;
      if (join->right->filter != nullptr) {
        Line(right_depth, "Filter: " + ExplainExpression(join->right->filter), join->right);
        ++right_depth;
      }
      const Index& index = join->right->table->indexes[join->index];
      std::string text = join->is_unique ? "Single-row " : "";
      text += join->is_covering ? (join->is_unique ? "covering index lookup on " : "Covering index lookup on ")
                                : (join->is_unique ? "index lookup on " : "Index lookup on ");
      text += std::string(join->right->alias) + " using " + index.name + " (" +
              KeyText(*join->right->table, index, join->keys) + ")";
      Line(right_depth, text, join->right);
    } else {
      for (size_t i = 0; i < node->children.size(); ++i) {
        if (node->kind == PhysicalKind::kHashJoin && i == 1) {
          Line(depth + 1, "Hash", nullptr);
          Print(node->children[i], depth + 2);
        } else if (node->kind == PhysicalKind::kCte) {
          const auto* cte = As<PhysicalCte>(node);
          if (i == 0) {
            Line(depth + 1, "Materialize CTE " + std::string(cte->name), nullptr);
            Print(node->children[i], depth + 2);
          } else {
            Print(node->children[i], depth + 1);
          }
        } else {
          Print(node->children[i], depth + 1);
        }
      }
    }
    PrintSubqueries(node, depth, "Select #");
  }

  std::string& text() { return text_; }

 private:
  static const Expression* FilterOf(const PhysicalNode* node) {
    switch (node->kind) {
      case PhysicalKind::kTableScan: return As<PhysicalTableScan>(node)->filter;
      case PhysicalKind::kIndexScan: return As<PhysicalIndexScan>(node)->filter;
      case PhysicalKind::kPointLookup: return As<PhysicalPointLookup>(node)->filter;
      case PhysicalKind::kVirtualScan: return As<PhysicalVirtualScan>(node)->filter;
      default: return nullptr;
    }
  }

  static std::string KeyText(const TableDefinition& table, const Index& index, const std::vector<Expression*>& keys) {
    std::string text;
    for (size_t i = 0; i < keys.size() && i < index.parts.size(); ++i) {
      if (i > 0) text += ", ";
      text += table.columns[index.parts[i].column].name + "=" + ExplainExpression(keys[i]);
    }
    return text;
  }

  static std::string RangeText(const TableDefinition& table, const Index& index, const KeyRange& range) {
    auto columns = [&](size_t count) {
      std::string text;
      for (size_t i = 0; i < count && i < index.parts.size(); ++i) {
        if (i > 0) text += ",";
        text += table.columns[index.parts[i].column].name;
      }
      return count > 1 ? "(" + text + ")" : text;
    };
    auto values = [](const std::vector<Expression*>& list) {
      std::string text;
      for (const Expression* value : list) text += (text.empty() ? "" : ",") + ExplainExpression(value);
      return list.size() > 1 ? "(" + text + ")" : text;
    };
    if (range.lower.empty() && range.upper.empty()) return range.excludes_null ? "NULL < " + columns(1) : "all";
    if (range.lower == range.upper) return columns(range.lower.size()) + " = " + values(range.lower);
    std::string text;
    if (!range.lower.empty()) text = values(range.lower) + (range.is_lower_inclusive ? " <= " : " < ");
    text += columns(std::max(range.lower.size(), range.upper.size()));
    if (!range.upper.empty()) text += (range.is_upper_inclusive ? " <= " : " < ") + values(range.upper);
    return text;
  }

  static const char* JoinName(JoinType type) {
    switch (type) {
      case JoinType::kInner: return "inner";
      case JoinType::kLeft: return "left";
      case JoinType::kRight: return "right";
      case JoinType::kFull: return "full";
      case JoinType::kSemi: return "semi";
      case JoinType::kAnti: return "anti";
    }
    return "";
  }

  static std::string Expressions(const std::vector<Expression*>& list) {
    std::string text;
    for (const Expression* expression : list) text += (text.empty() ? "" : ", ") + ExplainExpression(expression);
    return text;
  }

  static std::string Describe(const PhysicalNode* node) {
    switch (node->kind) {
      case PhysicalKind::kSingleRow: return "Rows fetched before execution";
      case PhysicalKind::kEmpty: return "Zero rows (Impossible WHERE)";
      case PhysicalKind::kTableScan: {
        const auto* scan = As<PhysicalTableScan>(node);
        return "Table scan on " + std::string(scan->alias) + (scan->is_reverse ? " (reverse)" : "");
      }
      case PhysicalKind::kIndexScan: {
        const auto* scan = As<PhysicalIndexScan>(node);
        const Index& index = scan->table->indexes[scan->index];
        std::string text = scan->is_covering ? "Covering index " : "Index ";
        bool is_all = scan->ranges.empty() || (scan->ranges.size() == 1 && scan->ranges[0].lower.empty() &&
                                               scan->ranges[0].upper.empty());
        text += is_all ? "scan on " : "range scan on ";
        text += std::string(scan->alias) + " using " + index.name;
        if (!is_all) {
          std::string over;
          for (size_t i = 0; i < scan->ranges.size() && i < 10; ++i) {
            over += (i > 0 ? " OR (" : "(") + RangeText(*scan->table, index, scan->ranges[i]) + ")";
          }
          if (scan->ranges.size() > 10) over += fmt::format(" OR ({} more)", scan->ranges.size() - 10);
          text += " over " + over;
        }
        if (scan->is_reverse) text += " (reverse)";
        if (scan->index_filter != nullptr) {
          text += ", with index condition: " + ExplainExpression(scan->index_filter);
        }
        return text;
      }
      case PhysicalKind::kPointLookup: {
        const auto* lookup = As<PhysicalPointLookup>(node);
        const Index& index = lookup->table->indexes[lookup->index];
        return "Single-row index lookup on " + std::string(lookup->alias) + " using " + index.name + " (" +
               KeyText(*lookup->table, index, lookup->key) + ")";
      }
      case PhysicalKind::kVirtualScan: return "Table scan on " + std::string(As<PhysicalVirtualScan>(node)->alias);
      case PhysicalKind::kJsonTable:
        return "Materialize table function " + std::string(As<PhysicalJsonTable>(node)->definition->alias);
      case PhysicalKind::kValues:
        return fmt::format("Values ({} rows)", As<PhysicalValues>(node)->rows.size());
      case PhysicalKind::kFilter: return "Filter: " + ExplainExpression(As<PhysicalFilter>(node)->condition);
      case PhysicalKind::kProject: return "Rows fetched before execution";
      case PhysicalKind::kHashJoin: {
        const auto* join = As<PhysicalHashJoin>(node);
        std::string text = join->type == JoinType::kInner  ? "Inner hash join"
                           : join->type == JoinType::kLeft ? "Left hash join"
                           : join->type == JoinType::kRight ? "Right hash join"
                           : join->type == JoinType::kFull  ? "Full hash join"
                           : join->type == JoinType::kSemi  ? "Hash semijoin"
                                                            : "Hash antijoin";
        if (!join->left_keys.empty()) {
          text += " (";
          for (size_t i = 0; i < join->left_keys.size(); ++i) {
            if (i > 0) text += ", ";
            text += ExplainExpression(join->left_keys[i]) + (join->null_safe[i] ? " <=> " : " = ") +
                    ExplainExpression(join->right_keys[i]);
          }
          text += ")";
        } else {
          text += " (no condition)";
        }
        if (join->condition != nullptr) text += ", extra conditions: " + ExplainExpression(join->condition);
        return text;
      }
      case PhysicalKind::kIndexJoin: {
        const auto* join = As<PhysicalIndexJoin>(node);
        std::string text = fmt::format("Nested loop {} join", JoinName(join->type));
        if (join->type == JoinType::kSemi) text = "Nested loop semijoin";
        if (join->type == JoinType::kAnti) text = "Nested loop antijoin";
        if (join->condition != nullptr) text += ": " + ExplainExpression(join->condition);
        return text;
      }
      case PhysicalKind::kNestedLoopJoin: {
        const auto* join = As<PhysicalNestedLoopJoin>(node);
        std::string text = fmt::format("Nested loop {} join", JoinName(join->type));
        if (join->type == JoinType::kSemi) text = "Nested loop semijoin";
        if (join->type == JoinType::kAnti) text = "Nested loop antijoin";
        if (join->condition != nullptr) text += ": " + ExplainExpression(join->condition);
        return text;
      }
      case PhysicalKind::kHashAggregate:
      case PhysicalKind::kStreamAggregate: {
        const auto* aggregate = static_cast<const PhysicalAggregate*>(node);
        std::string functions;
        for (const AggregateExpression* function : aggregate->aggregates) {
          functions += (functions.empty() ? "" : ", ") + ExplainExpression(function);
        }
        std::string text = aggregate->keys.empty()                     ? "Aggregate"
                           : node->kind == PhysicalKind::kHashAggregate ? "Aggregate using temporary table"
                                                                        : "Group aggregate";
        if (aggregate->with_rollup) text += " with rollup";
        if (!functions.empty()) text += ": " + functions;
        return text;
      }
      case PhysicalKind::kWindow: {
        const auto* window = As<PhysicalWindow>(node);
        std::string text = "Window aggregate: ";
        for (size_t i = 0; i < window->functions.size(); ++i) {
          if (i > 0) text += ", ";
          text += ExplainExpression(window->functions[i]);
        }
        return text;
      }
      case PhysicalKind::kDistinct: return "Temporary table with deduplication";
      case PhysicalKind::kSort: return "Sort: " + ExplainSortKeys(As<PhysicalSort>(node)->keys);
      case PhysicalKind::kTopN: {
        const auto* top = As<PhysicalTopN>(node);
        std::string text = "Sort: " + ExplainSortKeys(top->keys);
        if (top->count != nullptr) text += ", limit input to " + ExplainExpression(top->count) + " row(s) per chunk";
        return text;
      }
      case PhysicalKind::kLimit: {
        const auto* limit = As<PhysicalLimit>(node);
        if (limit->offset == nullptr) return "Limit: " + ExplainExpression(limit->count) + " row(s)";
        return "Limit/Offset: " + (limit->count != nullptr ? ExplainExpression(limit->count) : "all") + "/" +
               ExplainExpression(limit->offset) + " row(s)";
      }
      case PhysicalKind::kUnionAll: return "Append";
      case PhysicalKind::kSetOperation: {
        const auto* set = As<PhysicalSetOperation>(node);
        std::string text = set->op == SetOperator::kUnion       ? "Union materialize"
                           : set->op == SetOperator::kIntersect ? "Intersect materialize"
                                                                : "Except materialize";
        return set->is_distinct ? text + " with deduplication" : text;
      }
      case PhysicalKind::kCte: return "Common table expression";
      case PhysicalKind::kCteReference: return "Table scan on materialized common table expression";
      case PhysicalKind::kRecursiveCte: return "Repeat until convergence";
      case PhysicalKind::kWorkingTable: return "Scan new records";
      case PhysicalKind::kLoadFile: return "Load file";
      case PhysicalKind::kInsert: {
        const auto* insert = As<PhysicalInsert>(node);
        const char* verb = insert->logical->on_duplicate == DuplicateAction::kReplace ? "Replace" : "Insert";
        return std::string(verb) + " into " + insert->logical->table->name;
      }
      case PhysicalKind::kUpdate: {
        std::string text = "Update ";
        for (size_t i = 0; i < As<PhysicalUpdate>(node)->logical->targets.size(); ++i) {
          text += (i > 0 ? ", " : "") + As<PhysicalUpdate>(node)->logical->targets[i].table->name;
        }
        return text;
      }
      case PhysicalKind::kDelete: {
        std::string text = "Delete from ";
        for (size_t i = 0; i < As<PhysicalDelete>(node)->logical->targets.size(); ++i) {
          text += (i > 0 ? ", " : "") + As<PhysicalDelete>(node)->logical->targets[i].table->name;
        }
        return text;
      }
    }
    return "?";
  }

  void Line(size_t depth, const std::string& what, const PhysicalNode* node) {
    text_.append(depth * 4, ' ');
    text_ += "-> " + what;
    if (node != nullptr) {
      text_ += fmt::format("  (cost={:.3g} rows={:.3g})", node->estimated_cost, node->estimated_rows);
      if (node->id < counters_.size()) {
        const ExplainCounters& c = counters_[node->id];
        if (c.loops == 0) {
          text_ += " (never executed)";
        } else {
          double loops = static_cast<double>(c.loops);
          text_ += fmt::format(" (actual time={:.3g}..{:.3g} rows={:.3g} loops={})",
                               static_cast<double>(c.first_row_ns) / 1e6 / loops,
                               static_cast<double>(c.total_ns) / 1e6 / loops, static_cast<double>(c.rows) / loops,
                               c.loops);
        }
      }
    }
    text_ += "\n";
  }

  void PrintSubqueries(const PhysicalNode* node, size_t depth, const char*) {
    ForEachExpression(node, [&](Expression* expression) {
      ForEachSubquery(expression, [&](SubqueryExpression* subquery) {
        if (subquery->physical == nullptr) return;
        ++subqueries_;
        text_.append(depth * 4, ' ');
        text_ += fmt::format("-> Select #{} (subquery{})\n", subqueries_ + 1,
                             subquery->outer_arguments.empty() ? "; run only once" : "; dependent");
        Print(subquery->physical, depth + 1);
      });
    });
  }

  const std::vector<ExplainCounters>& counters_;
  std::string text_;
  uint32_t subqueries_ = 0;
};

}  // namespace

std::string ExplainTree(const Plan& plan, const std::vector<ExplainCounters>& counters) {
  if (plan.physical == nullptr) return "-> (no plan)\n";
  TreePrinter printer(counters);
  printer.Print(plan.physical, 0);
  return std::move(printer.text());
}

}  // namespace mahi
