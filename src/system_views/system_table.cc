#include <memory>
#include <utility>

#include "base/assert.h"
#include "charset/charset.h"
#include "system_views/internal/system_table.h"
#include "types/conversion.h"
#include "types/json.h"

namespace mahi {

namespace {

class SystemTable : public VirtualTable {
 public:
  SystemTable(TableRef definition, FillView fill, double estimated_rows)
      : definition_(std::move(definition)), fill_(fill), estimated_rows_(estimated_rows) {}

  const TableRef& definition() const override { return definition_; }
  Status Scan(VirtualScanContext& context, const std::vector<uint32_t>& ordinals,
              const std::vector<VirtualLookup>& lookups, BatchSink* sink) const override {
    if (fill_ == nullptr) return Status::Ok();
    ViewScan scan(context, *definition_, ordinals, lookups, sink);
    MAHI_RETURN_IF_ERROR(fill_(scan));
    return scan.Finish();
  }
  double estimated_rows() const override { return estimated_rows_; }

 private:
  const TableRef definition_;
  const FillView fill_;
  const double estimated_rows_;
};

// ---- declarations ----

class ColumnParser {
 public:
  ColumnParser(std::string_view text, CollationId collation) : text_(text), collation_(collation) {}

  std::vector<Column> Parse() {
    std::vector<Column> columns;
    for (SkipSpace(); !text_.empty(); SkipSpace()) {
      Column column;
      column.id = static_cast<uint32_t>(columns.size() + 1);
      column.name = std::string(Word());
      column.type = Type();
      column.is_nullable = true;
      if (TakeWord("NOT")) {
        MAHI_ASSERT(TakeWord("NULL"));
        column.is_nullable = false;
      } else {
        column.default_kind = DefaultKind::kNull;
      }
      columns.push_back(std::move(column));
      SkipSpace();
      if (!text_.empty()) {
        MAHI_ASSERT(text_.front() == ',');
        text_.remove_prefix(1);
      }
    }
    return columns;
  }

 private:
  void SkipSpace() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\n')) text_.remove_prefix(1);
  }
  std::string_view Word() {
    SkipSpace();
    size_t size = 0;
    while (size < text_.size() && text_[size] != ' ' && text_[size] != ',' && text_[size] != '(' && text_[size] != '\n') ++size;
    std::string_view word = text_.substr(0, size);
    text_.remove_prefix(size);
    MAHI_ASSERT(!word.empty());
    return word;
  }
  bool TakeWord(std::string_view word) {
    SkipSpace();
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  // "(a,b)" behind a type name; quotes are left out.
  std::vector<std::string> Arguments() {
    std::vector<std::string> arguments;
    if (text_.empty() || text_.front() != '(') return arguments;
    size_t i = 1;
    std::string argument;
    for (bool is_quoted = false; text_[i] != ')' || is_quoted; ++i) {
      if (text_[i] == '\'') {
        is_quoted = !is_quoted;
      } else if (text_[i] == ',' && !is_quoted) {
        arguments.push_back(std::move(argument));
        argument.clear();
      } else {
        argument += text_[i];
      }
    }
    arguments.push_back(std::move(argument));
    text_.remove_prefix(i + 1);
    return arguments;
  }
  SqlType Type() {
    const std::string_view word = Word();
    std::vector<std::string> arguments = Arguments();
    const uint32_t length = arguments.empty() ? 0 : static_cast<uint32_t>(std::strtoul(arguments[0].c_str(), nullptr, 10));
    const uint8_t fsp = static_cast<uint8_t>(length);
    if (word == "identifier") return SqlType::Varchar(64, kCollationUtf8mb3Bin);
    if (word == "varchar") return SqlType::Varchar(length, collation_);
    if (word == "char") return SqlType::Char(length, collation_);
    if (word == "text") return SqlType::Text(collation_);
    if (word == "mediumtext") return SqlType::MediumText(collation_);
    if (word == "longtext") return SqlType::LongText(collation_);
    if (word == "enum") return SqlType::Enum(std::move(arguments), collation_);
    if (word == "set") return SqlType::Set(std::move(arguments), collation_);
    if (word == "timestamp") return SqlType::Timestamp(fsp);
    if (word == "datetime") return SqlType::DateTime(fsp);
    if (word == "time") return SqlType::Time(fsp);
    if (word == "date") return SqlType::Date();
    if (word == "year") return SqlType::Year();
    if (word == "double") return SqlType::Double();
    if (word == "float") return SqlType::Float();
    if (word == "json") return SqlType::Json();
    if (word == "binary") return SqlType::Binary(length);
    if (word == "varbinary") return SqlType::Varbinary(length);
    if (word == "blob") return SqlType::Blob();
    if (word == "longblob") return SqlType::LongBlob();
    if (word == "decimal") {
      return SqlType::Decimal(length, static_cast<uint32_t>(std::strtoul(arguments[1].c_str(), nullptr, 10)));
    }
    const bool is_unsigned = TakeWord("unsigned");
    if (word == "tinyint") return SqlType::TinyInt(is_unsigned);
    if (word == "smallint") return SqlType::SmallInt(is_unsigned);
    if (word == "int") return SqlType::Int(is_unsigned);
    MAHI_ASSERT(word == "bigint");
    return SqlType::BigInt(is_unsigned);
  }

  std::string_view text_;
  const CollationId collation_;
};

}  // namespace

std::vector<Column> ParseColumns(std::string_view declaration, CollationId collation) {
  return ColumnParser(declaration, collation).Parse();
}

void Declare(Catalog* catalog, std::string_view schema, std::string_view name, std::string_view columns, FillView fill,
             double estimated_rows) {
  auto definition = std::make_shared<TableDefinition>();
  definition->schema = std::string(schema);
  definition->name = std::string(name);
  definition->collation = schema == kInformationSchema ? kCollationUtf8mb3GeneralCi
                          : schema == "mysql"          ? kCollationUtf8mb3GeneralCi
                                                       : kCollationUtf8mb4_0900AiCi;
  definition->engine = schema == kPerformanceSchema ? "PERFORMANCE_SCHEMA" : schema == kInformationSchema ? "" : "InnoDB";
  definition->columns = ParseColumns(columns, definition->collation);
  definition->next_column_id = static_cast<uint32_t>(definition->columns.size() + 1);
  catalog->AddVirtualTable(std::make_unique<SystemTable>(std::move(definition), fill, estimated_rows));
}

void DeclareEmpty(Catalog* catalog, std::string_view schema, std::string_view name, std::string_view columns) {
  Declare(catalog, schema, name, columns, nullptr, 1);
}

// ---- rows ----

ViewScan::ViewScan(VirtualScanContext& context, const TableDefinition& definition, const std::vector<uint32_t>& ordinals,
                   const std::vector<VirtualLookup>& lookups, BatchSink* sink)
    : context_(context), definition_(definition), ordinals_(ordinals), slots_(definition.columns.size() + 1, -1), sink_(sink) {
  for (size_t i = 0; i < ordinals.size(); ++i) slots_[ordinals[i]] = static_cast<int32_t>(i);
  for (const VirtualLookup& lookup : lookups) {
    if (lookup.value.is_null) continue;
    const Column& column = definition.columns[lookup.ordinal];
    lookups_.emplace_back(column.name, DatumToText(lookup.value, column.type));
  }
}

SecurityContext* ViewScan::security() {
  if (host() == nullptr) return nullptr;
  SecurityContext& security = host()->view_security();
  return security.is_internal() ? nullptr : &security;
}

const TimeZone& ViewScan::time_zone() const {
  return context_.time_zone != nullptr ? *context_.time_zone : *TimeZone::Utc();
}

const std::string* ViewScan::Lookup(std::string_view column) const {
  for (const auto& [name, value] : lookups_) {
    if (name == column) return &value;
  }
  return nullptr;
}

bool ViewScan::MayMatch(std::string_view column, std::string_view value) const {
  if (lookups_.empty()) return true;
  const std::string* wanted = Lookup(column);
  return wanted == nullptr || CollationOrBinary(kCollationUtf8mb4GeneralCi).Equal(*wanted, value);
}

bool ViewScan::Wants(std::string_view column) const {
  for (uint32_t ordinal : ordinals_) {
    if (definition_.columns[ordinal].name == column) return true;
  }
  return false;
}

Batch& ViewScan::batch() {
  if (batch_ == nullptr) batch_ = sink_->NextBatch();
  return *batch_;
}

ViewScan& ViewScan::Text(std::string_view text) {
  const int32_t slot = slots_[next_];
  if (slot >= 0) {
    const SqlType& type = definition_.columns[next_].type;
    Vector& vector = batch().column(static_cast<size_t>(slot));
    if (type.id == TypeId::kEnum) {
      vector.SetUInt64(row_, FindEnumMember(type, text));
    } else if (type.id == TypeId::kSet) {
      bool is_bad = false;
      vector.SetUInt64(row_, ParseSet(type, text, &is_bad));
    } else if (type.IsJson()) {
      Result<std::string> document = JsonFromText(text, 1, definition_.columns[next_].name);
      if (document.ok()) {
        vector.SetString(row_, *document);
      } else {
        vector.SetNull(row_);
      }
    } else {
      vector.SetString(row_, text);
    }
  }
  ++next_;
  return *this;
}

ViewScan& ViewScan::Number(int64_t number) {
  const int32_t slot = slots_[next_];
  if (slot >= 0) {
    Vector& vector = batch().column(static_cast<size_t>(slot));
    if (vector.physical() == PhysicalType::kDouble) {
      vector.SetDouble(row_, static_cast<double>(number));
    } else if (vector.physical() == PhysicalType::kDecimal) {
      ConversionReport report;
      const SqlType type = SqlType::BigInt();
      vector.SetDecimal(row_, DatumToDecimal(Datum::Int64(number), type, &report));
    } else if (vector.physical() == PhysicalType::kString) {
      vector.SetString(row_, std::to_string(number));
    } else {
      vector.SetInt64(row_, number);
    }
  }
  ++next_;
  return *this;
}

ViewScan& ViewScan::Unsigned(uint64_t number) { return Number(static_cast<int64_t>(number)); }

ViewScan& ViewScan::Real(double number) {
  const int32_t slot = slots_[next_];
  if (slot >= 0) batch().column(static_cast<size_t>(slot)).SetDouble(row_, number);
  ++next_;
  return *this;
}

ViewScan& ViewScan::Null() {
  const int32_t slot = slots_[next_];
  if (slot >= 0) batch().column(static_cast<size_t>(slot)).SetNull(row_);
  ++next_;
  return *this;
}

ViewScan& ViewScan::Nulls(uint32_t count) {
  while (count-- > 0) Null();
  return *this;
}

ViewScan& ViewScan::Moment(int64_t micros) {
  if (micros == 0) return Null();
  if (wants()) {
    int64_t packed = time_zone().ToLocal(micros);
    // What the type does not show must not be there.
    if (definition_.columns[next_].type.decimals == 0) packed &= ~int64_t{0xffffff};
    batch().column(static_cast<size_t>(slots_[next_])).SetInt64(row_, packed);
  }
  ++next_;
  return *this;
}

Status ViewScan::EndRow() {
  MAHI_ASSERT(next_ == definition_.columns.size());
  next_ = 0;
  batch();
  if (++row_ < kBatchRows) return is_killed() ? Status(Error(ER_QUERY_INTERRUPTED)) : Status::Ok();
  return Finish();
}

Status ViewScan::Finish() {
  if (row_ == 0) return Status::Ok();
  batch_->set_row_count(row_);
  row_ = 0;
  batch_ = nullptr;
  return sink_->Push();
}

// ---- walks over the catalog ----

bool CanSeeDatabase(ViewScan& scan, std::string_view schema) {
  SecurityContext* security = scan.security();
  return security == nullptr || schema == kInformationSchema || schema == kPerformanceSchema || security->CanSeeDatabase(schema);
}

bool CanSeeTable(ViewScan& scan, std::string_view schema, std::string_view name) {
  SecurityContext* security = scan.security();
  return security == nullptr || schema == kInformationSchema || schema == kPerformanceSchema ||
         security->CanSeeTable(schema, name);
}

bool HasAnyPrivilege(ViewScan& scan, std::string_view schema, std::string_view table, PrivilegeSet privileges) {
  SecurityContext* security = scan.security();
  return security == nullptr || (security->TablePrivilegesOn(schema, table) & privileges) != 0;
}

Status ForEachSchema(ViewScan& scan, std::string_view schema_column, const std::function<Status(const SchemaRef&)>& visit) {
  for (const SchemaRef& schema : scan.catalog().ListSchemas(scan.transaction())) {
    if (!scan.MayMatch(schema_column, schema->name) || !CanSeeDatabase(scan, schema->name)) continue;
    if (scan.is_killed()) return Error(ER_QUERY_INTERRUPTED);
    MAHI_RETURN_IF_ERROR(visit(schema));
  }
  return Status::Ok();
}

Status ForEachObject(ViewScan& scan, std::string_view schema_column, std::string_view table_column,
                     const std::function<Status(const VisibleObject&)>& visit) {
  return ForEachSchema(scan, schema_column, [&](const SchemaRef& schema) -> Status {
    for (const ObjectName& object : scan.catalog().ListTables(scan.transaction(), schema->name)) {
      if (!scan.MayMatch(table_column, object.name) || !CanSeeTable(scan, schema->name, object.name)) continue;
      MAHI_ASSIGN_OR_RETURN(SchemaObject found, scan.catalog().Find(scan.transaction(), schema->name, object.name));
      if (!found) continue;  // dropped meanwhile
      VisibleObject visible{schema->name, object.name, found.table, found.view, found.virtual_table != nullptr};
      if (visible.is_virtual) visible.table = found.virtual_table->definition();
      MAHI_RETURN_IF_ERROR(visit(visible));
      if (scan.is_killed()) return Error(ER_QUERY_INTERRUPTED);
    }
    return Status::Ok();
  });
}

Status ForEachTable(ViewScan& scan, std::string_view schema_column, std::string_view table_column,
                    const std::function<Status(const TableRef&)>& visit) {
  return ForEachObject(scan, schema_column, table_column, [&](const VisibleObject& object) -> Status {
    return object.table == nullptr || object.is_virtual ? Status::Ok() : visit(object.table);
  });
}

}  // namespace mahi
