#include "parser/ast/printer.h"

#include <fmt/format.h>

namespace mahi::ast {
namespace {

std::string_view OperatorText(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kAdd: return "+";
    case BinaryOperator::kSubtract: return "-";
    case BinaryOperator::kMultiply: return "*";
    case BinaryOperator::kDivide: return "/";
    case BinaryOperator::kIntegerDivide: return "DIV";
    case BinaryOperator::kModulo: return "%";
    case BinaryOperator::kBitAnd: return "&";
    case BinaryOperator::kBitOr: return "|";
    case BinaryOperator::kBitXor: return "^";
    case BinaryOperator::kShiftLeft: return "<<";
    case BinaryOperator::kShiftRight: return ">>";
    case BinaryOperator::kEqual: return "=";
    case BinaryOperator::kNullSafeEqual: return "<=>";
    case BinaryOperator::kNotEqual: return "<>";
    case BinaryOperator::kLess: return "<";
    case BinaryOperator::kLessEqual: return "<=";
    case BinaryOperator::kGreater: return ">";
    case BinaryOperator::kGreaterEqual: return ">=";
    case BinaryOperator::kLogicalXor: return "xor";
    case BinaryOperator::kConcat: return "||";
    case BinaryOperator::kJsonExtract: return "->";
    case BinaryOperator::kJsonUnquote: return "->>";
    case BinaryOperator::kSoundsLike: return "sounds like";
    case BinaryOperator::kMemberOf: return "member of";
  }
  return "?";
}

class Printer {
 public:
  Printer(const PrintOptions& options, std::string* out) : options_(options), out_(*out) {}

  void Print(const Expression& e);
  void Print(const QueryExpression& q);
  void Print(const TableReference& t);

 private:
  void Text(std::string_view text) { out_ += text; }
  void Name(std::string_view name) { PrintIdentifier(name, &out_); }
  void Lower(std::string_view text) {
    for (char c : text) out_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  void Qualified(const QualifiedName& name) {
    if (!name.schema.empty()) {
      Name(name.schema);
      Text(".");
    }
    Name(name.name);
  }
  template <typename Item, typename Function>
  void Join(const List<Item>& items, std::string_view separator, Function&& print) {
    bool first = true;
    for (const Item& item : items) {
      if (!first) Text(separator);
      first = false;
      print(item);
    }
  }
  void PrintAll(const List<Expression*>& items, std::string_view separator = ",") {
    Join(items, separator, [&](const Expression* e) { Print(*e); });
  }
  void Names(const List<std::string_view>& names) {
    Text("(");
    Join(names, ",", [&](std::string_view name) { Name(name); });
    Text(")");
  }
  void Bytes(std::string_view bytes, std::string_view prefix) {
    Text(prefix);
    for (char c : bytes) out_ += fmt::format("{:02x}", static_cast<uint8_t>(c));
  }
  void PrintLiteral(const Literal& literal, bool introduced);
  void PrintOrder(const List<OrderItem>& items);
  void PrintWindow(const WindowSpecification& window, bool with_over);
  void PrintBound(const FrameBound& bound);
  void PrintActions(const JsonAction& on_empty, const JsonAction& on_error);
  void PrintBody(const QueryBody& body);
  void PrintBlock(const SelectBlock& block);
  void PrintTail(const QueryExpression& query);
  void PrintJsonColumns(const List<JsonTableColumn>& columns);
  void PrintRows(const List<List<Expression*>>& rows);

  const PrintOptions& options_;
  std::string& out_;
};

void Printer::PrintLiteral(const Literal& literal, bool introduced) {
  switch (literal.literal_kind) {
    case LiteralKind::kNull: Text("NULL"); break;
    case LiteralKind::kTrue: Text("true"); break;
    case LiteralKind::kFalse: Text("false"); break;
    case LiteralKind::kInteger:
    case LiteralKind::kDecimal:
    case LiteralKind::kFloat: Text(literal.text); break;
    case LiteralKind::kString:
      if (!introduced) Text(options_.string_introducer);
      PrintString(literal.text, &out_);
      break;
    case LiteralKind::kNationalString:
      Text("N");
      PrintString(literal.text, &out_);
      break;
    case LiteralKind::kHex:
      if (literal.text.empty()) {
        Text("x''");
      } else {
        Bytes(literal.text, "0x");
      }
      break;
    case LiteralKind::kBit:
      Text("b'");
      for (char c : literal.text) out_ += fmt::format("{:08b}", static_cast<uint8_t>(c));
      Text("'");
      break;
    case LiteralKind::kDate:
      Text("DATE");
      PrintString(literal.text, &out_);
      break;
    case LiteralKind::kTime:
      Text("TIME");
      PrintString(literal.text, &out_);
      break;
    case LiteralKind::kTimestamp:
      Text("TIMESTAMP");
      PrintString(literal.text, &out_);
      break;
  }
}

void Printer::PrintOrder(const List<OrderItem>& items) {
  Join(items, ",", [&](const OrderItem& item) {
    Print(*item.expression);
    if (item.is_descending) Text(" desc");
  });
}

void Printer::PrintBound(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBoundKind::kUnboundedPreceding: Text("unbounded preceding"); break;
    case FrameBoundKind::kUnboundedFollowing: Text("unbounded following"); break;
    case FrameBoundKind::kCurrentRow: Text("current row"); break;
    case FrameBoundKind::kPreceding:
      Print(*bound.value);
      Text(" preceding");
      break;
    case FrameBoundKind::kFollowing:
      Print(*bound.value);
      Text(" following");
      break;
  }
}

void Printer::PrintWindow(const WindowSpecification& window, bool with_over) {
  if (with_over) Text(" OVER ");
  if (window.is_reference_only) {
    Name(window.base);
    return;
  }
  Text("(");
  std::string_view gap;
  if (!window.base.empty()) {
    Name(window.base);
    gap = " ";
  }
  if (!window.partition_by.empty()) {
    Text(gap);
    Text("PARTITION BY ");
    PrintAll(window.partition_by);
    gap = " ";
  }
  if (!window.order_by.empty()) {
    Text(gap);
    Text("ORDER BY ");
    PrintOrder(window.order_by);
    gap = " ";
  }
  if (window.frame != nullptr) {
    const WindowFrame& frame = *window.frame;
    Text(gap);
    Text(frame.unit == FrameUnit::kRows ? "ROWS" : frame.unit == FrameUnit::kRange ? "RANGE" : "GROUPS");
    Text(" BETWEEN ");
    PrintBound(frame.start);
    Text(" AND ");
    PrintBound(frame.end);
    switch (frame.exclusion) {
      case FrameExclusion::kNone: break;
      case FrameExclusion::kCurrentRow: Text(" EXCLUDE CURRENT ROW"); break;
      case FrameExclusion::kGroup: Text(" EXCLUDE GROUP"); break;
      case FrameExclusion::kTies: Text(" EXCLUDE TIES"); break;
      case FrameExclusion::kNoOthers: Text(" EXCLUDE NO OTHERS"); break;
    }
  }
  Text(")");
}

void Printer::PrintActions(const JsonAction& on_empty, const JsonAction& on_error) {
  auto print = [&](const JsonAction& action, std::string_view when) {
    switch (action.kind) {
      case JsonActionKind::kAbsent: return;
      case JsonActionKind::kNull: Text(" null"); break;
      case JsonActionKind::kError: Text(" error"); break;
      case JsonActionKind::kDefault:
        Text(" default ");
        Print(*action.value);
        break;
    }
    Text(when);
  };
  print(on_empty, " on empty");
  print(on_error, " on error");
}

void Printer::Print(const Expression& e) {
  switch (e.kind) {
    case ExpressionKind::kLiteral: PrintLiteral(*e.As<Literal>(), false); break;
    case ExpressionKind::kIntroducer:
      Text("_");
      Lower(e.As<Introducer>()->charset);
      if (e.As<Introducer>()->literal->literal_kind != LiteralKind::kString) Text(" ");
      PrintLiteral(*e.As<Introducer>()->literal, true);
      break;
    case ExpressionKind::kColumnReference: {
      auto& c = *e.As<ColumnReference>();
      if (!options_.omit_table_qualifiers) {
        if (!c.schema.empty()) {
          Name(c.schema);
          Text(".");
        }
        if (!c.table.empty()) {
          Name(c.table);
          Text(".");
        }
      }
      Name(c.column);
      break;
    }
    case ExpressionKind::kParameter: Text("?"); break;
    case ExpressionKind::kUserVariable:
      Text("@");
      Name(e.As<UserVariable>()->name);
      break;
    case ExpressionKind::kUserVariableAssignment:
      Text("(@");
      Name(e.As<UserVariableAssignment>()->name);
      Text(":=");
      Print(*e.As<UserVariableAssignment>()->value);
      Text(")");
      break;
    case ExpressionKind::kSystemVariable: {
      auto& v = *e.As<SystemVariable>();
      Text("@@");
      switch (v.scope) {
        case VariableScope::kDefault: break;
        case VariableScope::kSession: Text("session."); break;
        case VariableScope::kGlobal: Text("global."); break;
        case VariableScope::kPersist: Text("persist."); break;
        case VariableScope::kPersistOnly: Text("persist_only."); break;
        case VariableScope::kLocal: Text("local."); break;
      }
      if (!v.component.empty()) {
        Name(v.component);
        Text(".");
      }
      Name(v.name);
      break;
    }
    case ExpressionKind::kUnary: {
      auto& u = *e.As<Unary>();
      switch (u.op) {
        case UnaryOperator::kPlus: Print(*u.operand); break;
        case UnaryOperator::kNegate:
          // `-` before a negative literal would read as a comment.
          Text("-");
          if (u.operand->kind == ExpressionKind::kUnary) {
            Text("(");
            Print(*u.operand);
            Text(")");
          } else {
            Print(*u.operand);
          }
          break;
        case UnaryOperator::kBitNot:
          Text("~");
          Print(*u.operand);
          break;
        case UnaryOperator::kNot:
          Text("(not(");
          Print(*u.operand);
          Text("))");
          break;
        case UnaryOperator::kBinary:
          Text("cast(");
          Print(*u.operand);
          Text(" as char charset binary)");
          break;
      }
      break;
    }
    case ExpressionKind::kBinary: {
      auto& b = *e.As<Binary>();
      if (b.op == BinaryOperator::kJsonExtract || b.op == BinaryOperator::kJsonUnquote) {
        if (b.op == BinaryOperator::kJsonUnquote) Text("json_unquote(");
        Text("json_extract(");
        Print(*b.left);
        Text(",");
        Print(*b.right);
        Text(b.op == BinaryOperator::kJsonUnquote ? "))" : ")");
        break;
      }
      if (b.op == BinaryOperator::kConcat) {
        Text("concat(");
        Print(*b.left);
        Text(",");
        Print(*b.right);
        Text(")");
        break;
      }
      if (b.op == BinaryOperator::kMemberOf) {
        Print(*b.left);
        Text(" member of (");
        Print(*b.right);
        Text(")");
        break;
      }
      if (b.op == BinaryOperator::kSoundsLike) {
        Text("(soundex(");
        Print(*b.left);
        Text(") = soundex(");
        Print(*b.right);
        Text("))");
        break;
      }
      Text("(");
      Print(*b.left);
      Text(" ");
      Text(OperatorText(b.op));
      Text(" ");
      Print(*b.right);
      Text(")");
      break;
    }
    case ExpressionKind::kChain: {
      auto& c = *e.As<Chain>();
      // Without the inner parentheses, which would be as deep as the chain is long.
      if (!c.links.empty() && c.links[0].op == BinaryOperator::kConcat) {
        Text("concat(");
        Print(*c.first);
        for (const ChainLink& link : c.links) {
          Text(",");
          Print(*link.operand);
        }
        Text(")");
        break;
      }
      Text("(");
      Print(*c.first);
      for (const ChainLink& link : c.links) {
        Text(" ");
        Text(OperatorText(link.op));
        Text(" ");
        Print(*link.operand);
      }
      Text(")");
      break;
    }
    case ExpressionKind::kLogical: {
      auto& l = *e.As<Logical>();
      Text("(");
      PrintAll(l.operands, l.is_and ? " and " : " or ");
      Text(")");
      break;
    }
    case ExpressionKind::kIsTest: {
      auto& t = *e.As<IsTest>();
      Text("(");
      Print(*t.operand);
      Text(t.is_negated ? " is not " : " is ");
      Text(t.test == IsTestKind::kNull    ? "null"
           : t.test == IsTestKind::kTrue  ? "true"
           : t.test == IsTestKind::kFalse ? "false"
                                          : "unknown");
      Text(")");
      break;
    }
    case ExpressionKind::kBetween: {
      auto& b = *e.As<Between>();
      Text("(");
      Print(*b.operand);
      Text(b.is_negated ? " not between " : " between ");
      Print(*b.low);
      Text(" and ");
      Print(*b.high);
      Text(")");
      break;
    }
    case ExpressionKind::kInList: {
      auto& i = *e.As<InList>();
      Text("(");
      Print(*i.operand);
      Text(i.is_negated ? " not in (" : " in (");
      PrintAll(i.values);
      Text("))");
      break;
    }
    case ExpressionKind::kInSubquery: {
      auto& i = *e.As<InSubquery>();
      Text("(");
      Print(*i.operand);
      Text(i.is_negated ? " not in (" : " in (");
      Print(*i.query);
      Text("))");
      break;
    }
    case ExpressionKind::kLike: {
      auto& l = *e.As<Like>();
      Text("(");
      Print(*l.operand);
      Text(l.is_negated ? " not like " : " like ");
      Print(*l.pattern);
      if (l.escape != nullptr) {
        Text(" escape ");
        Print(*l.escape);
      }
      Text(")");
      break;
    }
    case ExpressionKind::kRegexp: {
      auto& r = *e.As<Regexp>();
      if (r.is_negated) Text("(not(");
      Text("regexp_like(");
      Print(*r.operand);
      Text(",");
      Print(*r.pattern);
      Text(r.is_negated ? ")))" : ")");
      break;
    }
    case ExpressionKind::kQuantified: {
      auto& q = *e.As<Quantified>();
      Text("(");
      Print(*q.operand);
      Text(" ");
      Text(OperatorText(q.op));
      Text(q.is_all ? " all (" : " any (");
      Print(*q.query);
      Text("))");
      break;
    }
    case ExpressionKind::kCase: {
      auto& c = *e.As<Case>();
      Text("(case ");
      if (c.operand != nullptr) {
        Print(*c.operand);
        Text(" ");
      }
      for (const WhenClause& clause : c.when_clauses) {
        Text("when ");
        Print(*clause.condition);
        Text(" then ");
        Print(*clause.result);
        Text(" ");
      }
      if (c.else_result != nullptr) {
        Text("else ");
        Print(*c.else_result);
        Text(" ");
      }
      Text("end)");
      break;
    }
    case ExpressionKind::kCast: {
      auto& c = *e.As<Cast>();
      Text("cast(");
      Print(*c.operand);
      if (c.time_zone != nullptr) {
        Text(" at time zone ");
        Print(*c.time_zone);
      }
      Text(" as ");
      PrintDataType(*c.type, &out_);
      if (c.is_array) Text(" array");
      Text(")");
      break;
    }
    case ExpressionKind::kConvertUsing:
      Text("convert(");
      Print(*e.As<ConvertUsing>()->operand);
      Text(" using ");
      Lower(e.As<ConvertUsing>()->charset);
      Text(")");
      break;
    case ExpressionKind::kCollate:
      Text("(");
      Print(*e.As<Collate>()->operand);
      Text(" collate ");
      Lower(e.As<Collate>()->collation);
      Text(")");
      break;
    case ExpressionKind::kDateArithmetic: {
      auto& d = *e.As<DateArithmetic>();
      Text("(");
      Print(*d.date);
      Text(d.is_subtraction ? " - interval " : " + interval ");
      Print(*d.amount);
      Text(" ");
      Text(IntervalUnitName(d.unit));
      Text(")");
      break;
    }
    case ExpressionKind::kInterval:
      Text("interval ");
      Print(*e.As<Interval>()->amount);
      Text(" ");
      Text(IntervalUnitName(e.As<Interval>()->unit));
      break;
    case ExpressionKind::kExtract:
      Text("extract(");
      Text(IntervalUnitName(e.As<Extract>()->unit));
      Text(" from ");
      Print(*e.As<Extract>()->operand);
      Text(")");
      break;
    case ExpressionKind::kTrim: {
      auto& t = *e.As<Trim>();
      Text("trim(");
      Text(t.mode == TrimMode::kLeading    ? "leading "
           : t.mode == TrimMode::kTrailing ? "trailing "
           : t.remove != nullptr           ? "both "
                                           : "");
      if (t.remove != nullptr) {
        Print(*t.remove);
        Text(" ");
      }
      if (t.remove != nullptr || t.mode != TrimMode::kBoth) Text("from ");
      Print(*t.operand);
      Text(")");
      break;
    }
    case ExpressionKind::kFunction: {
      auto& f = *e.As<Function>();
      if (!f.schema.empty()) {
        Name(f.schema);
        Text(".");
        Name(f.name);
      } else if (f.name == "get_format" && f.arguments.size() == 2) {
        Text("get_format(");
        Text(f.arguments[0]->As<Literal>()->text);
        Text(", ");
        Print(*f.arguments[1]);
        Text(")");
        break;
      } else {
        Lower(f.name);
      }
      Text("(");
      PrintAll(f.arguments);
      Text(")");
      break;
    }
    case ExpressionKind::kAggregate: {
      auto& a = *e.As<Aggregate>();
      Lower(a.name);
      Text("(");
      if (a.is_distinct) Text("distinct ");
      if (a.is_star) Text("*");
      PrintAll(a.arguments);
      if (!a.order_by.empty()) {
        Text(" order by ");
        PrintOrder(a.order_by);
      }
      if (a.separator) {
        Text(" separator ");
        PrintString(*a.separator, &out_);
      }
      Text(")");
      if (a.over != nullptr) PrintWindow(*a.over, true);
      break;
    }
    case ExpressionKind::kWindowFunction: {
      auto& w = *e.As<WindowFunction>();
      Lower(w.name);
      Text("(");
      PrintAll(w.arguments);
      Text(")");
      if (w.from_last) Text(" from last");
      if (w.ignore_nulls) Text(" ignore nulls");
      PrintWindow(*w.over, true);
      break;
    }
    case ExpressionKind::kSubquery:
      Text("(");
      Print(*e.As<Subquery>()->query);
      Text(")");
      break;
    case ExpressionKind::kExists:
      Text("exists(");
      Print(*e.As<Exists>()->query);
      Text(")");
      break;
    case ExpressionKind::kRow:
      Text("(");
      PrintAll(e.As<Row>()->values);
      Text(")");
      break;
    case ExpressionKind::kDefault:
      Text("default");
      if (e.As<Default>()->column != nullptr) {
        Text("(");
        Print(*e.As<Default>()->column);
        Text(")");
      }
      break;
    case ExpressionKind::kInsertValues:
      Text("values(");
      Print(*e.As<InsertValues>()->column);
      Text(")");
      break;
    case ExpressionKind::kMatch: {
      auto& m = *e.As<Match>();
      Text("(match ");
      Join(m.columns, ",", [&](const ColumnReference* c) { Print(*c); });
      Text(" against (");
      Print(*m.query);
      if (m.mode == MatchMode::kBoolean) Text(" in boolean mode");
      if (m.mode == MatchMode::kQueryExpansion) Text(" with query expansion");
      Text("))");
      break;
    }
    case ExpressionKind::kJsonValue: {
      auto& j = *e.As<JsonValue>();
      Text("json_value(");
      Print(*j.document);
      Text(", ");
      Print(*j.path);
      if (j.returning != nullptr) {
        Text(" returning ");
        PrintDataType(*j.returning, &out_);
      }
      PrintActions(j.on_empty, j.on_error);
      Text(")");
      break;
    }
    case ExpressionKind::kCharFunction: {
      auto& c = *e.As<CharFunction>();
      Text("char(");
      PrintAll(c.codes);
      if (!c.charset.empty()) {
        Text(" using ");
        Lower(c.charset);
      }
      Text(")");
      break;
    }
    case ExpressionKind::kWeightString: {
      auto& w = *e.As<WeightString>();
      Text("weight_string(");
      Print(*w.operand);
      if (w.type != nullptr) {
        Text(" as ");
        PrintDataType(*w.type, &out_);
      }
      Text(")");
      break;
    }
    case ExpressionKind::kTimestampFunction: {
      auto& t = *e.As<TimestampFunction>();
      Text(t.is_difference ? "timestampdiff(" : "timestampadd(");
      Text(IntervalUnitName(t.unit));
      Text(",");
      Print(*t.first);
      Text(",");
      Print(*t.second);
      Text(")");
      break;
    }
  }
}

void Printer::PrintRows(const List<List<Expression*>>& rows) {
  Join(rows, ",", [&](const List<Expression*>& row) {
    Text("row(");
    PrintAll(row);
    Text(")");
  });
}

void Printer::PrintBody(const QueryBody& body) {
  switch (body.kind) {
    case QueryBodyKind::kSelect: PrintBlock(*body.As<SelectBlock>()); break;
    case QueryBodyKind::kValues:
      Text("values ");
      PrintRows(body.As<ValuesBlock>()->rows);
      break;
    case QueryBodyKind::kTable:
      Text("table ");
      Qualified(body.As<TableBlock>()->table);
      break;
    case QueryBodyKind::kParenthesized:
      Text("(");
      Print(*body.As<ParenthesizedQuery>()->query);
      Text(")");
      break;
    case QueryBodyKind::kSetOperation: {
      auto& set = *body.As<SetOperation>();
      auto operand = [&](const QueryBody& part) {
        bool nested = part.kind == QueryBodyKind::kSetOperation;
        if (nested) Text("(");
        PrintBody(part);
        if (nested) Text(")");
      };
      operand(*set.first);
      for (const SetOperand& part : set.operands) {
        Text(part.op == SetOperator::kUnion     ? " union "
             : part.op == SetOperator::kExcept ? " except "
                                               : " intersect ");
        if (part.is_all) Text("all ");
        operand(*part.body);
      }
      break;
    }
  }
}

void Printer::PrintBlock(const SelectBlock& block) {
  Text("select ");
  if (!block.hints.empty()) {
    Text("/*+");
    Text(block.hints);
    Text("*/ ");
  }
  if (block.is_distinct) Text("distinct ");
  if (block.is_high_priority) Text("high_priority ");
  if (block.is_straight_join) Text("straight_join ");
  if (block.sql_small_result) Text("sql_small_result ");
  if (block.sql_big_result) Text("sql_big_result ");
  if (block.sql_buffer_result) Text("sql_buffer_result ");
  if (block.sql_no_cache) Text("sql_no_cache ");
  if (block.sql_calc_found_rows) Text("sql_calc_found_rows ");
  Join(block.items, ",", [&](const SelectItem& item) {
    if (item.expression == nullptr) {
      if (!item.star_schema.empty()) {
        Name(item.star_schema);
        Text(".");
      }
      if (!item.star_table.empty()) {
        Name(item.star_table);
        Text(".");
      }
      Text("*");
    } else {
      Print(*item.expression);
    }
    if (item.has_alias) {
      Text(" AS ");
      Name(item.alias);
    }
  });
  if (block.is_from_dual) Text(" from DUAL");
  if (!block.from.empty()) {
    Text(" from ");
    Join(block.from, ",", [&](const TableReference* table) { Print(*table); });
  }
  if (block.where != nullptr) {
    Text(" where ");
    Print(*block.where);
  }
  if (!block.group_by.empty()) {
    Text(" group by ");
    PrintOrder(block.group_by);
    if (block.group_by_modifier == GroupByModifier::kRollup) Text(" with rollup");
    if (block.group_by_modifier == GroupByModifier::kCube) Text(" with cube");
  }
  if (block.having != nullptr) {
    Text(" having ");
    Print(*block.having);
  }
  if (!block.windows.empty()) {
    Text(" window ");
    Join(block.windows, ", ", [&](const NamedWindow& window) {
      Name(window.name);
      Text(" AS ");
      PrintWindow(*window.window, false);
    });
  }
  if (block.qualify != nullptr) {
    Text(" qualify ");
    Print(*block.qualify);
  }
}

void Printer::PrintTail(const QueryExpression& query) {
  if (!query.order_by.empty()) {
    Text(" order by ");
    PrintOrder(query.order_by);
  }
  if (query.limit != nullptr) {
    Text(" limit ");
    if (query.limit->offset != nullptr) {
      Print(*query.limit->offset);
      Text(",");
    }
    Print(*query.limit->count);
  }
  for (const LockingClause& clause : query.locking) {
    Text(clause.strength == LockStrength::kUpdate ? " for update" : " for share");
    if (!clause.of_tables.empty()) {
      Text(" of ");
      Join(clause.of_tables, ",", [&](const QualifiedName& name) { Qualified(name); });
    }
    if (clause.wait == LockWait::kNoWait) Text(" nowait");
    if (clause.wait == LockWait::kSkipLocked) Text(" skip locked");
  }
}

void Printer::Print(const QueryExpression& query) {
  if (query.with != nullptr) {
    Text(query.with->is_recursive ? "with recursive " : "with ");
    Join(query.with->tables, ", ", [&](const CommonTable& table) {
      Name(table.name);
      if (!table.columns.empty()) {
        Text(" ");
        Names(table.columns);
      }
      Text(" as (");
      Print(*table.query);
      Text(")");
    });
    Text(" ");
  }
  PrintBody(*query.body);
  PrintTail(query);
}

void Printer::PrintJsonColumns(const List<JsonTableColumn>& columns) {
  Text(" columns (");
  Join(columns, ", ", [&](const JsonTableColumn& column) {
    if (column.kind == JsonTableColumnKind::kNested) {
      Text("nested path ");
      Print(*column.path);
      PrintJsonColumns(column.nested);
      return;
    }
    Name(column.name);
    if (column.kind == JsonTableColumnKind::kOrdinality) {
      Text(" for ordinality");
      return;
    }
    Text(" ");
    PrintDataType(*column.type, &out_);
    Text(column.kind == JsonTableColumnKind::kExistsPath ? " exists path " : " path ");
    Print(*column.path);
    PrintActions(column.on_empty, column.on_error);
  });
  Text(")");
}

void Printer::Print(const TableReference& table) {
  switch (table.kind) {
    case TableReferenceKind::kTable: {
      auto& named = *table.As<NamedTable>();
      Qualified(named.name);
      if (!named.partitions.empty()) {
        Text(" PARTITION ");
        Names(named.partitions);
      }
      if (!named.alias.empty()) {
        Text(" ");
        Name(named.alias);
      }
      for (const IndexHint& hint : named.index_hints) {
        Text(hint.kind == IndexHintKind::kUse     ? " USE INDEX "
             : hint.kind == IndexHintKind::kForce ? " FORCE INDEX "
                                                  : " IGNORE INDEX ");
        if (hint.scope == IndexHintScope::kJoin) Text("FOR JOIN ");
        if (hint.scope == IndexHintScope::kOrderBy) Text("FOR ORDER BY ");
        if (hint.scope == IndexHintScope::kGroupBy) Text("FOR GROUP BY ");
        Names(hint.indexes);
      }
      if (named.sample != nullptr) {
        Text(named.sample->is_bernoulli ? " TABLESAMPLE BERNOULLI (" : " TABLESAMPLE SYSTEM (");
        Print(*named.sample->percentage);
        Text(")");
      }
      break;
    }
    case TableReferenceKind::kDerived: {
      auto& derived = *table.As<DerivedTable>();
      if (derived.is_lateral) Text("lateral ");
      Text("(");
      Print(*derived.query);
      Text(") ");
      Name(derived.alias);
      if (!derived.columns.empty()) {
        Text(" ");
        Names(derived.columns);
      }
      break;
    }
    case TableReferenceKind::kJoin: {
      auto& join = *table.As<ast::Join>();
      Text("(");
      Print(*join.left);
      if (join.is_natural) Text(" natural");
      switch (join.join_kind) {
        case JoinKind::kInner: Text(" join "); break;
        case JoinKind::kLeft: Text(" left join "); break;
        case JoinKind::kRight: Text(" right join "); break;
        case JoinKind::kFull: Text(" full join "); break;
        case JoinKind::kStraight: Text(" straight_join "); break;
      }
      Print(*join.right);
      if (join.on != nullptr) {
        Text(" on(");
        Print(*join.on);
        Text(")");
      }
      if (!join.using_columns.empty()) {
        Text(" using ");
        Names(join.using_columns);
      }
      Text(")");
      break;
    }
    case TableReferenceKind::kGroup:
      Text("(");
      Join(table.As<TableGroup>()->tables, ",", [&](const TableReference* part) { Print(*part); });
      Text(")");
      break;
    case TableReferenceKind::kJsonTable: {
      auto& json = *table.As<JsonTable>();
      Text("json_table(");
      Print(*json.document);
      Text(", ");
      Print(*json.path);
      PrintJsonColumns(json.columns);
      Text(") ");
      Name(json.alias);
      break;
    }
  }
}

}  // namespace

void PrintExpression(const Expression& expression, const PrintOptions& options, std::string* out) {
  Printer(options, out).Print(expression);
}
void PrintQuery(const QueryExpression& query, const PrintOptions& options, std::string* out) {
  Printer(options, out).Print(query);
}
void PrintTableReference(const TableReference& table, const PrintOptions& options, std::string* out) {
  Printer(options, out).Print(table);
}

void PrintIdentifier(std::string_view name, std::string* out) {
  *out += '`';
  for (char c : name) {
    if (c == '`') *out += '`';
    *out += c;
  }
  *out += '`';
}

void PrintString(std::string_view text, std::string* out) {
  *out += '\'';
  for (char c : text) {
    switch (c) {
      case '\'': *out += "\\'"; break;
      case '\\': *out += "\\\\"; break;
      case '\0': *out += "\\0"; break;
      case '\n': *out += "\\n"; break;
      case '\r': *out += "\\r"; break;
      case '\032': *out += "\\Z"; break;
      default: *out += c;
    }
  }
  *out += '\'';
}

std::string_view IntervalUnitName(IntervalUnit unit) {
  static constexpr std::string_view kNames[] = {
      "microsecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "second_microsecond",
      "minute_microsecond", "minute_second", "hour_microsecond", "hour_second", "hour_minute", "day_microsecond",
      "day_second", "day_minute", "day_hour", "year_month"};
  return kNames[static_cast<size_t>(unit)];
}

void PrintDataType(const DataType& type, std::string* out) {
  static constexpr std::string_view kNames[] = {
      "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "bit", "tinyint(1)",
      "char", "varchar", "binary", "varbinary", "tinytext", "text", "mediumtext", "longtext",
      "tinyblob", "blob", "mediumblob", "longblob", "date", "time", "datetime", "timestamp", "year",
      "enum", "set", "json", "serial",
      "geometry", "point", "linestring", "polygon", "multipoint", "multilinestring", "multipolygon",
      "geomcollection", "signed", "unsigned"};
  *out += kNames[static_cast<size_t>(type.type)];
  if (!type.members.empty()) {
    *out += '(';
    for (size_t i = 0; i < type.members.size(); ++i) {
      if (i > 0) *out += ',';
      PrintString(type.members[i], out);
    }
    *out += ')';
  }
  if (type.length) {
    *out += fmt::format("({}", *type.length);
    if (type.decimals) *out += fmt::format(",{}", *type.decimals);
    *out += ')';
  }
  if (type.is_unsigned) *out += " unsigned";
  if (type.is_zerofill) *out += " zerofill";
  if (!type.charset.empty()) {
    *out += " charset ";
    for (char c : type.charset) *out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  if (!type.collation.empty()) {
    *out += " collate ";
    for (char c : type.collation) *out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
}

}  // namespace mahi::ast
