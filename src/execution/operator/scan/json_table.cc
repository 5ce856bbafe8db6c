// JsonTable: rows made from a JSON document.
//
// The row path gives the rows; columns take values by paths below them. NESTED PATH adds rows: sibling nested paths give
// their rows one after the other with NULLs in each other's columns; without matches a row of NULLs stays.
// Source: MySQL 8.4 manual, "JSON Table Functions".
// Errors: 3665 missing value, 3666 array or object in a scalar column, 3156 and those of the conversion with ERROR ON ERROR.
#include "execution/memory/row_store.h"
#include "execution/operator/factories.h"
#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

class JsonTableOperator : public Operator {
 public:
  JsonTableOperator(Runtime& runtime, const PhysicalJsonTable& node)
      : Operator(runtime, node), table_(node), store_(runtime, node.types), filling_(node.types), batch_(node.types) {}

  Status Compile() {
    MAHI_ASSIGN_OR_RETURN(document_, CompileExpression(runtime_, table_.document));
    MAHI_ASSIGN_OR_RETURN(path_, JsonPath::Parse(table_.definition->path));
    return CompileColumns(table_.definition->columns, &columns_);
  }

  Status OpenImpl() override {
    store_.Clear();
    filling_.Reset();
    filled_ = 0;
    MAHI_ASSIGN_OR_RETURN(const Vector* document, document_->Evaluate(SingleRowInput(), Selection::All(1)));
    if (!document->IsNull(0)) {
      std::string parsed;
      std::string_view bytes = document->String(0);
      if (document->physical() == PhysicalType::kString) {
        MAHI_ASSIGN_OR_RETURN(parsed, JsonFromText(bytes, 1, "json_table"));
        bytes = parsed;
      }
      std::vector<JsonView> matches;
      JsonSeek(JsonView(bytes), path_, false, &matches);
      std::vector<Value> row(node_.types.size());
      for (size_t i = 0; i < matches.size(); ++i) {
        MAHI_RETURN_IF_ERROR(Expand(columns_, matches[i], i + 1, &row));
      }
      MAHI_RETURN_IF_ERROR(Flush());
    }
    reader_.Open(&store_);
    return Status::Ok();
  }

  Result<Batch*> NextImpl() override {
    batch_.Reset();
    MAHI_ASSIGN_OR_RETURN(uint32_t count, reader_.Next(&batch_, runtime_.batch_rows));
    if (count == 0) return nullptr;
    batch_.set_row_count(count);
    return &batch_;
  }

 private:
  struct Column {
    const JsonTableColumn* definition = nullptr;
    JsonPath path;
    size_t slot = 0;  // the first one of a nested path's columns
    std::vector<Column> nested;
  };

  Status CompileColumns(const std::vector<JsonTableColumn>& definitions, std::vector<Column>* columns) {
    for (const JsonTableColumn& definition : definitions) {
      Column column;
      column.definition = &definition;
      column.slot = next_slot_;
      if (definition.kind != JsonTableColumnKind::kOrdinality) {
        MAHI_ASSIGN_OR_RETURN(column.path, JsonPath::Parse(definition.path));
      }
      if (definition.kind == JsonTableColumnKind::kNested) {
        MAHI_RETURN_IF_ERROR(CompileColumns(definition.nested, &column.nested));
      } else {
        ++next_slot_;
      }
      columns->push_back(std::move(column));
    }
    return Status::Ok();
  }

  static void SetNull(const std::vector<Column>& columns, std::vector<Value>* row) {
    for (const Column& column : columns) {
      if (column.definition->kind == JsonTableColumnKind::kNested) {
        SetNull(column.nested, row);
      } else {
        (*row)[column.slot] = Value();
      }
    }
  }

  // Puts out the rows that one match of a path gives.
  Status Expand(const std::vector<Column>& columns, JsonView view, uint64_t ordinal, std::vector<Value>* row) {
    for (const Column& column : columns) {
      switch (column.definition->kind) {
        case JsonTableColumnKind::kOrdinality:
          (*row)[column.slot] = node_.types[column.slot].physical() == PhysicalType::kUInt64
                                    ? Value::UInt64(ordinal)
                                    : Value::Int64(static_cast<int64_t>(ordinal));
          break;
        case JsonTableColumnKind::kExistsPath: {
          Datum exists = Datum::Int64(JsonSeekOne(view, column.path).has_value());
          MAHI_RETURN_IF_ERROR(Convert(column, exists, SqlType::BigInt(), true, row));
          break;
        }
        case JsonTableColumnKind::kPath:
          MAHI_RETURN_IF_ERROR(Extract(column, view, row));
          break;
        case JsonTableColumnKind::kNested:
          SetNull(column.nested, row);
          break;
      }
    }
    bool has_rows = false;
    for (const Column& column : columns) {
      if (column.definition->kind != JsonTableColumnKind::kNested) continue;
      std::vector<JsonView> matches;
      JsonSeek(view, column.path, false, &matches);
      for (size_t i = 0; i < matches.size(); ++i) {
        has_rows = true;
        MAHI_RETURN_IF_ERROR(Expand(column.nested, matches[i], i + 1, row));
      }
      SetNull(column.nested, row);
    }
    return has_rows ? Status::Ok() : Put(*row);
  }

  Status Extract(const Column& column, JsonView view, std::vector<Value>* row) {
    const JsonTableColumn& definition = *column.definition;
    std::vector<JsonView> matches;
    JsonSeek(view, column.path, false, &matches);
    if (matches.empty()) {
      return OnEvent(column, definition.on_empty, definition.default_on_empty,
                     Error(ER_MISSING_JSON_TABLE_VALUE, definition.name), row);
    }
    if (matches.size() > 1) {
      return OnEvent(column, definition.on_error, definition.default_on_error,
                     Error(ER_WRONG_JSON_TABLE_VALUE, definition.name), row);
    }
    return StoreJson(column, matches[0], false, row);
  }

  // `is_default`: a DEFAULT's value; its errors are errors.
  Status StoreJson(const Column& column, JsonView value, bool is_default, std::vector<Value>* row) {
    const JsonTableColumn& definition = *column.definition;
    const SqlType& type = node_.types[column.slot];
    if (type.IsJson()) {
      (*row)[column.slot] = Value::Json(std::string(value.bytes()));
      return Status::Ok();
    }
    if (value.IsContainer()) {
      Error error(ER_WRONG_JSON_TABLE_VALUE, definition.name);
      if (is_default) return error;
      return OnEvent(column, definition.on_error, definition.default_on_error, error, row);
    }
    std::string text;
    Decimal decimal;
    Datum datum;
    SqlType source;
    switch (value.kind()) {
      case JsonKind::kNull:
        (*row)[column.slot] = Value();
        return Status::Ok();
      case JsonKind::kTrue:
      case JsonKind::kFalse:
        if (type.IsString()) {
          text = value.kind() == JsonKind::kTrue ? "true" : "false";
          datum = Datum::String(text);
          source = SqlType::LongText();
        } else {
          datum = Datum::Int64(value.kind() == JsonKind::kTrue);
          source = SqlType::BigInt();
        }
        break;
      case JsonKind::kInt:
        datum = Datum::Int64(value.Int());
        source = SqlType::BigInt();
        break;
      case JsonKind::kUInt:
        datum = Datum::UInt64(value.UInt());
        source = SqlType::UnsignedBigInt();
        break;
      case JsonKind::kDouble:
        datum = Datum::Double(value.Double());
        source = SqlType::Double();
        break;
      case JsonKind::kDecimal:
        decimal = value.DecimalValue();
        datum = Datum::OfDecimal(&decimal);
        source = SqlType::Decimal(65, decimal.scale());
        break;
      default:
        JsonUnquote(value, &text);
        datum = Datum::String(text);
        source = SqlType::LongText();
        break;
    }
    return Convert(column, datum, source, is_default, row);
  }

  Status Convert(const Column& column, const Datum& datum, const SqlType& source, bool is_default,
                 std::vector<Value>* row) {
    const JsonTableColumn& definition = *column.definition;
    const SqlType& type = node_.types[column.slot];
    StoreContext context;
    context.sql_mode = evaluation().sql_mode | kSqlModeStrictTransTables;
    context.time_zone = evaluation().time_zone;
    context.column_name = definition.name;
    Value storage;
    Datum out;
    Status status = StoreValue(datum, source, type, context, &storage, &out);
    if (status.ok()) {
      (*row)[column.slot] = Value(out, type);
      return status;
    }
    if (is_default) return status;
    return OnEvent(column, definition.on_error, definition.default_on_error, status.TakeError(), row);
  }

  Status OnEvent(const Column& column, JsonTableOnEvent event, std::string_view default_text, const Error& error,
                 std::vector<Value>* row) {
    switch (event) {
      case JsonTableOnEvent::kNull:
        (*row)[column.slot] = Value();
        return Status::Ok();
      case JsonTableOnEvent::kError:
        return error;
      case JsonTableOnEvent::kDefault:
        break;
    }
    MAHI_ASSIGN_OR_RETURN(std::string document, JsonFromText(default_text, 1, "json_table"));
    return StoreJson(column, JsonView(document), true, row);
  }

  Status Put(const std::vector<Value>& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (row[i].is_null()) {
        filling_.column(i).SetNull(filled_);
      } else {
        filling_.column(i).SetDatum(filled_, row[i].datum());
      }
    }
    return ++filled_ == kBatchRows ? Flush() : Status::Ok();
  }

  Status Flush() {
    if (filled_ == 0) return Status::Ok();
    MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
    filling_.set_row_count(filled_);
    MAHI_RETURN_IF_ERROR(store_.Append(filling_, Selection::All(filled_)));
    filling_.Reset();
    filled_ = 0;
    return Status::Ok();
  }

  const PhysicalJsonTable& table_;
  EvaluatorPtr document_;
  JsonPath path_;
  std::vector<Column> columns_;
  size_t next_slot_ = 0;
  RowStore store_;
  RowStoreReader reader_;
  Batch filling_, batch_;
  uint32_t filled_ = 0;
};

}  // namespace

Result<OperatorPtr> MakeJsonTable(Runtime& runtime, const PhysicalJsonTable& node) {
  auto table = std::make_unique<JsonTableOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(table->Compile());
  return OperatorPtr(std::move(table));
}

}  // namespace mahi
