// EXPLAIN FORMAT=TRADITIONAL: one row for each table, in join order; and FORMAT=JSON, from the same rows.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "plan/explain.h"
#include "plan/explain_expression.h"
#include "plan/physical_visitor.h"

namespace mahi {

namespace {

uint32_t KeyPartBytes(const Column& column, uint32_t prefix_length) {
  uint32_t bytes = column.is_nullable ? 1 : 0;
  const SqlType& type = column.type;
  switch (type.id) {
    case TypeId::kTinyInt:
    case TypeId::kYear: return bytes + 1;
    case TypeId::kSmallInt: return bytes + 2;
    case TypeId::kMediumInt:
    case TypeId::kDate: return bytes + 3;
    case TypeId::kInt:
    case TypeId::kFloat: return bytes + 4;
    case TypeId::kBigInt:
    case TypeId::kDouble: return bytes + 8;
    case TypeId::kTime: return bytes + 3 + (type.decimals + 1) / 2;
    case TypeId::kDateTime: return bytes + 5 + (type.decimals + 1) / 2;
    case TypeId::kTimestamp: return bytes + 4 + (type.decimals + 1) / 2;
    case TypeId::kDecimal: {
      static constexpr uint32_t kLeftover[] = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
      uint32_t integral = type.length - type.decimals;
      return bytes + integral / 9 * 4 + kLeftover[integral % 9] + type.decimals / 9 * 4 + kLeftover[type.decimals % 9];
    }
    case TypeId::kBit: return bytes + (type.length + 7) / 8;
    case TypeId::kEnum: return bytes + (type.members != nullptr && type.members->size() > 255 ? 2 : 1);
    case TypeId::kSet: return bytes + 8;
    default: {
      uint32_t characters = prefix_length > 0 ? prefix_length : type.length;
      uint32_t length_bytes = type.id == TypeId::kChar ? 0 : 2;
      return bytes + characters * type.charset().max_bytes + length_bytes;
    }
  }
}

std::string KeyLength(const TableDefinition& table, const Index& index, size_t part_count) {
  uint32_t bytes = 0;
  for (size_t i = 0; i < part_count && i < index.parts.size(); ++i) {
    bytes += KeyPartBytes(table.columns[index.parts[i].column], index.parts[i].prefix_length);
  }
  return std::to_string(bytes);
}

std::string References(const std::vector<Expression*>& keys) {
  std::string text;
  for (const Expression* key : keys) {
    if (!text.empty()) text += ",";
    while (key->kind == ExpressionKind::kFunction && As<FunctionExpression>(key)->is_implicit_cast()) {
      key = As<FunctionExpression>(key)->arguments[0];
    }
    bool is_column = key->kind == ExpressionKind::kColumn || key->kind == ExpressionKind::kOuterColumn;
    text += is_column ? ExplainExpression(key) : key->kind == ExpressionKind::kFunction ? "func" : "const";
  }
  return text;
}

void AddExtra(ExplainRow* row, std::string_view what) {
  if (!row->extra) {
    row->extra = std::string(what);
  } else if (row->extra->find(what) == std::string::npos) {
    *row->extra += "; " + std::string(what);
  }
}

class RowCollector {
 public:
  std::vector<ExplainRow> rows;

  // The tables of one query block. `select_type` is that of the rows.
  void Block(const PhysicalNode* node, uint32_t id, const std::string& select_type) {
    size_t first = rows.size();
    pending_.emplace_back();
    std::vector<std::string> outer_extras = std::move(block_extras_);
    block_extras_.clear();
    Collect(node, id, select_type);
    if (rows.size() > first) {
      for (const std::string& extra : block_extras_) AddExtra(&rows[first], extra);
    }
    block_extras_ = std::move(outer_extras);
    std::vector<Pending> pending = std::move(pending_.back());
    pending_.pop_back();
    for (const Pending& next : pending) Block(next.node, next.id, next.select_type);
  }

  uint32_t NextId() { return ++last_id_; }

 private:
  struct Pending {
    const PhysicalNode* node;
    uint32_t id;
    std::string select_type;
  };

  ExplainRow* Add(uint32_t id, const std::string& select_type, std::string_view table, const PhysicalNode* node) {
    ExplainRow row;
    row.id = std::to_string(id);
    row.select_type = select_type;
    if (!table.empty()) row.table = std::string(table);
    if (node != nullptr) {
      row.rows = std::to_string(std::max<int64_t>(1, std::llround(node->estimated_rows)));
      row.filtered = "100.00";
    }
    rows.push_back(std::move(row));
    return &rows.back();
  }

  void TableRead(const PhysicalNode* node, uint32_t id, const std::string& select_type) {
    switch (node->kind) {
      case PhysicalKind::kTableScan: {
        const auto* scan = As<PhysicalTableScan>(node);
        ExplainRow* row = Add(id, select_type, scan->alias, node);
        row->type = "ALL";
        if (scan->filter != nullptr) AddExtra(row, "Using where");
        return;
      }
      case PhysicalKind::kIndexScan: {
        const auto* scan = As<PhysicalIndexScan>(node);
        const Index& index = scan->table->indexes[scan->index];
        ExplainRow* row = Add(id, select_type, scan->alias, node);
        size_t parts = 0;
        bool is_all = true;
        bool is_equality = scan->ranges.size() == 1;
        for (const KeyRange& range : scan->ranges) {
          parts = std::max({parts, range.lower.size(), range.upper.size()});
          is_all &= range.lower.empty() && range.upper.empty();
          is_equality &= !range.lower.empty() && range.lower == range.upper;
        }
        row->type = is_all ? "index" : is_equality ? "ref" : "range";
        if (!is_all) row->possible_keys = index.name;
        row->key = index.name;
        row->key_length = KeyLength(*scan->table, index, is_all ? index.parts.size() : parts);
        if (is_equality) row->ref = References(scan->ranges[0].lower);
        if (scan->index_filter != nullptr) AddExtra(row, "Using index condition");
        bool is_ref = is_equality && !is_all;
        if (scan->filter != nullptr || (!is_all && !is_ref && scan->is_covering)) AddExtra(row, "Using where");
        if (scan->is_reverse) AddExtra(row, "Backward index scan");
        if (scan->is_covering) AddExtra(row, "Using index");
        return;
      }
      case PhysicalKind::kPointLookup: {
        const auto* lookup = As<PhysicalPointLookup>(node);
        const Index& index = lookup->table->indexes[lookup->index];
        ExplainRow* row = Add(id, select_type, lookup->alias, node);
        row->type = "const";
        row->possible_keys = index.name;
        row->key = index.name;
        row->key_length = KeyLength(*lookup->table, index, lookup->key.size());
        row->ref = References(lookup->key);
        row->rows = "1";
        if (lookup->filter != nullptr) AddExtra(row, "Using where");
        return;
      }
      default:
        return;
    }
  }

  void Subqueries(const PhysicalNode* node) {
    ForEachExpression(node, [&](Expression* expression) {
      ForEachSubquery(expression, [&](SubqueryExpression* subquery) {
        if (subquery->physical == nullptr) return;
        pending_.back().push_back(
            {subquery->physical, NextId(), subquery->outer_arguments.empty() ? "SUBQUERY" : "DEPENDENT SUBQUERY"});
      });
    });
  }

  void SetBlocks(const PhysicalNode* node, uint32_t id, const std::string& select_type, std::string* ids,
                 std::string_view verb) {
    for (size_t i = 0; i < node->children.size(); ++i) {
      const PhysicalNode* child = node->children[i];
      bool is_first = ids->empty();
      if (child->kind == node->kind && node->kind == PhysicalKind::kUnionAll) {
        SetBlocks(child, id, select_type, ids, verb);
        continue;
      }
      uint32_t child_id = is_first ? id : NextId();
      *ids += (ids->empty() ? "" : ",") + std::to_string(child_id);
      Block(child, child_id, is_first ? (select_type == "SIMPLE" ? "PRIMARY" : select_type) : std::string(verb));
    }
  }

  void Derived(const PhysicalNode* node, uint32_t id, const std::string& select_type) {
    uint32_t derived = NextId();
    ExplainRow* row = Add(id, select_type, fmt::format("<derived{}>", derived), node);
    row->type = "ALL";
    pending_.back().push_back({node, derived, "DERIVED"});
  }

  // A side of a join: a table, or a query of its own.
  void Side(const PhysicalNode* node, uint32_t id, const std::string& select_type) {
    const PhysicalNode* inner = node;
    while (inner->kind == PhysicalKind::kProject || inner->kind == PhysicalKind::kFilter) inner = inner->children[0];
    switch (inner->kind) {
      case PhysicalKind::kHashAggregate:
      case PhysicalKind::kStreamAggregate:
      case PhysicalKind::kWindow:
      case PhysicalKind::kDistinct:
      case PhysicalKind::kTopN:
      case PhysicalKind::kLimit:
      case PhysicalKind::kUnionAll:
      case PhysicalKind::kSetOperation:
        return Derived(node, id, select_type);
      default:
        return Collect(node, id, select_type);
    }
  }

  void Collect(const PhysicalNode* node, uint32_t id, const std::string& select_type) {
    Subqueries(node);
    switch (node->kind) {
      case PhysicalKind::kSingleRow: {
        ExplainRow* row = Add(id, select_type, {}, nullptr);
        AddExtra(row, "No tables used");
        return;
      }
      case PhysicalKind::kEmpty: {
        ExplainRow* row = Add(id, select_type, {}, nullptr);
        AddExtra(row, "Impossible WHERE");
        return;
      }
      case PhysicalKind::kTableScan:
      case PhysicalKind::kIndexScan:
      case PhysicalKind::kPointLookup:
        return TableRead(node, id, select_type);
      case PhysicalKind::kVirtualScan: {
        ExplainRow* row = Add(id, select_type, As<PhysicalVirtualScan>(node)->alias, node);
        row->type = "ALL";
        if (As<PhysicalVirtualScan>(node)->filter != nullptr) AddExtra(row, "Using where");
        return;
      }
      case PhysicalKind::kJsonTable: {
        ExplainRow* row = Add(id, select_type, As<PhysicalJsonTable>(node)->definition->alias, node);
        row->type = "ALL";
        AddExtra(row, "Table function: json_table; Using temporary");
        return;
      }
      case PhysicalKind::kValues: {
        ExplainRow* row = Add(id, select_type, {}, nullptr);
        AddExtra(row, "No tables used");
        return;
      }
      case PhysicalKind::kFilter: {
        size_t first = rows.size();
        Collect(node->children[0], id, select_type);
        if (rows.size() > first && rows[first].table) AddExtra(&rows[first], "Using where");
        return;
      }
      case PhysicalKind::kHashJoin: {
        Side(node->children[0], id, select_type);
        size_t second = rows.size();
        Side(node->children[1], id, select_type);
        for (size_t i = second; i < rows.size() && i == second; ++i) {
          JoinType type = As<PhysicalHashJoin>(node)->type;
          AddExtra(&rows[i], "Using where");
          if (type == JoinType::kSemi) AddExtra(&rows[i], "FirstMatch");
          if (type == JoinType::kAnti) AddExtra(&rows[i], "Not exists");
          AddExtra(&rows[i], "Using join buffer (hash join)");
        }
        return;
      }
      case PhysicalKind::kIndexJoin: {
        const auto* join = As<PhysicalIndexJoin>(node);
        Side(node->children[0], id, select_type);
        const Index& index = join->right->table->indexes[join->index];
        ExplainRow* row = Add(id, select_type, join->right->alias, join->right);
        row->type = join->is_unique ? "eq_ref" : "ref";
        row->possible_keys = index.name;
        row->key = index.name;
        row->key_length = KeyLength(*join->right->table, index, join->keys.size());
        row->ref = References(join->keys);
        if (join->is_unique) row->rows = "1";
        if (join->right->filter != nullptr || join->condition != nullptr) AddExtra(row, "Using where");
        if (join->type == JoinType::kAnti) AddExtra(row, "Not exists");
        if (join->is_covering) AddExtra(row, "Using index");
        return;
      }
      case PhysicalKind::kNestedLoopJoin: {
        Side(node->children[0], id, select_type);
        size_t second = rows.size();
        Side(node->children[1], id, select_type);
        const auto* join = As<PhysicalNestedLoopJoin>(node);
        if (second < rows.size()) {
          if (join->condition != nullptr) AddExtra(&rows[second], "Using where");
          if (join->outer_arguments.empty()) AddExtra(&rows[second], "Using join buffer (hash join)");
        }
        return;
      }
      case PhysicalKind::kHashAggregate:
      case PhysicalKind::kDistinct:
        if (node->kind == PhysicalKind::kDistinct || !static_cast<const PhysicalAggregate*>(node)->keys.empty()) {
          block_extras_.push_back("Using temporary");
        }
        return Collect(node->children[0], id, select_type);
      case PhysicalKind::kSort:
      case PhysicalKind::kTopN: {
        Collect(node->children[0], id, select_type);
        block_extras_.push_back("Using filesort");
        return;
      }
      case PhysicalKind::kUnionAll:
      case PhysicalKind::kSetOperation: {
        std::string ids;
        SetOperator op = node->kind == PhysicalKind::kSetOperation ? As<PhysicalSetOperation>(node)->op
                                                                   : SetOperator::kUnion;
        std::string_view verb = op == SetOperator::kUnion       ? "UNION"
                                : op == SetOperator::kIntersect ? "INTERSECT"
                                                                : "EXCEPT";
        SetBlocks(node, id, select_type, &ids, verb);
        if (node->kind == PhysicalKind::kSetOperation) {
          std::string lower(verb);
          for (char& c : lower) c = static_cast<char>(c + 32);
          ExplainRow row;
          row.id = std::to_string(NextId());
          row.select_type = std::string(verb) + " RESULT";
          row.table = "<" + lower + ids + ">";
          row.type = "ALL";
          row.extra = "Using temporary";
          rows.push_back(std::move(row));
        }
        return;
      }
      case PhysicalKind::kCte: {
        const auto* cte = As<PhysicalCte>(node);
        uint32_t derived = NextId();
        if (cte_ids_.size() <= cte->cte) cte_ids_.resize(cte->cte + 1);
        cte_ids_[cte->cte] = derived;
        Collect(node->children[1], id, select_type);
        pending_.back().push_back({node->children[0], derived, "DERIVED"});
        return;
      }
      case PhysicalKind::kCteReference:
      case PhysicalKind::kWorkingTable: {
        bool is_reference = node->kind == PhysicalKind::kCteReference;
        uint32_t cte = is_reference ? As<PhysicalCteReference>(node)->cte : As<PhysicalWorkingTable>(node)->cte;
        uint32_t derived = cte < cte_ids_.size() ? cte_ids_[cte] : 0;
        ExplainRow* row = Add(id, select_type, fmt::format("<derived{}>", derived), node);
        row->type = "ALL";
        if (!is_reference) AddExtra(row, "Recursive");
        return;
      }
      case PhysicalKind::kRecursiveCte: {
        std::string ids;
        SetBlocks(node, id, select_type, &ids, "UNION");
        return;
      }
      case PhysicalKind::kInsert: {
        const auto* insert = As<PhysicalInsert>(node);
        const char* verb = insert->logical->on_duplicate == DuplicateAction::kReplace ? "REPLACE" : "INSERT";
        ExplainRow* row = Add(id, verb, insert->logical->table->name, nullptr);
        row->type = "ALL";
        if (node->children[0]->kind != PhysicalKind::kValues) Collect(node->children[0], id, "SIMPLE");
        return;
      }
      case PhysicalKind::kUpdate:
        return Collect(node->children[0], id, "UPDATE");
      case PhysicalKind::kDelete:
        return Collect(node->children[0], id, "DELETE");
      case PhysicalKind::kLoadFile:
        return;
      default:
        for (const PhysicalNode* child : node->children) Collect(child, id, select_type);
        return;
    }
  }

  uint32_t last_id_ = 0;
  std::vector<std::vector<Pending>> pending_;
  std::vector<std::string> block_extras_;
  std::vector<uint32_t> cte_ids_;
};

bool HasSeveralBlocks(const std::vector<ExplainRow>& rows) {
  for (const ExplainRow& row : rows) {
    if (row.id != rows[0].id) return true;
  }
  return false;
}

void AppendJsonString(std::string_view text, std::string* out) {
  *out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      *out += '\\';
      *out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      *out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      *out += c;
    }
  }
  *out += '"';
}

}  // namespace

std::vector<ExplainRow> ExplainTraditional(const Plan& plan) {
  if (plan.physical == nullptr) return {};
  RowCollector collector;
  uint32_t id = collector.NextId();
  collector.Block(plan.physical, id, "SIMPLE");
  if (HasSeveralBlocks(collector.rows)) {
    for (ExplainRow& row : collector.rows) {
      if (row.id == "1" && row.select_type == "SIMPLE") row.select_type = "PRIMARY";
    }
  }
  return std::move(collector.rows);
}

std::string ExplainJson(const Plan& plan, const std::vector<ExplainCounters>& counters) {
  std::vector<ExplainRow> rows = ExplainTraditional(plan);
  std::string out = "{\n  \"query_block\": {\n    \"select_id\": 1";
  if (plan.physical != nullptr) {
    out += fmt::format(",\n    \"cost_info\": {{\n      \"query_cost\": \"{:.2f}\"\n    }}",
                       plan.physical->estimated_cost);
  }
  auto member = [&](const char* name, std::string_view value, size_t indent) {
    out += ",\n" + std::string(indent, ' ') + "\"" + name + "\": ";
    AppendJsonString(value, &out);
  };
  auto table = [&](const ExplainRow& row, size_t indent) {
    std::string pad(indent, ' ');
    out += "{\n" + pad + "  \"table\": {\n" + pad + "    \"select_id\": " + row.id.value_or("1");
    if (row.select_type) member("select_type", *row.select_type, indent + 4);
    if (row.table) member("table_name", *row.table, indent + 4);
    if (row.type) member("access_type", *row.type, indent + 4);
    if (row.possible_keys) {
      out += ",\n" + pad + "    \"possible_keys\": [\n" + pad + "      ";
      AppendJsonString(*row.possible_keys, &out);
      out += "\n" + pad + "    ]";
    }
    if (row.key) member("key", *row.key, indent + 4);
    if (row.key_length) member("key_length", *row.key_length, indent + 4);
    if (row.ref) {
      out += ",\n" + pad + "    \"ref\": [\n" + pad + "      ";
      AppendJsonString(*row.ref, &out);
      out += "\n" + pad + "    ]";
    }
    if (row.rows) out += ",\n" + pad + "    \"rows_examined_per_scan\": " + *row.rows;
    if (row.filtered) member("filtered", *row.filtered, indent + 4);
    if (row.extra) member("message", *row.extra, indent + 4);
    out += "\n" + pad + "  }\n" + pad + "}";
  };
  if (!rows.empty()) {
    out += ",\n    \"nested_loop\": [";
    for (size_t i = 0; i < rows.size(); ++i) {
      out += i == 0 ? "\n      " : ",\n      ";
      table(rows[i], 6);
    }
    out += "\n    ]";
  }
  if (!counters.empty() && plan.physical != nullptr && plan.physical->id < counters.size()) {
    const ExplainCounters& root = counters[plan.physical->id];
    out += fmt::format(",\n    \"actual_rows\": {},\n    \"actual_time_ms\": {:.3f}", root.rows,
                       static_cast<double>(root.total_ns) / 1e6);
  }
  return out + "\n  }\n}";
}

}  // namespace mahi
