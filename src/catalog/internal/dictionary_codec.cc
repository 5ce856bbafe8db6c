#include "catalog/internal/dictionary_codec.h"

#include <bit>

#include "base/bytes.h"

namespace mahi {
namespace {

constexpr uint64_t kFormat = 1;
// Guards against absurd counts in damaged records.
constexpr uint64_t kMaxCount = 1 << 20;

class Writer {
 public:
  explicit Writer(std::string* out) : out_(*out) {}
  void Int(uint64_t value) { AppendVarint(&out_, value); }
  void Signed(int64_t value) { AppendLittle<int64_t>(&out_, value); }
  void Bool(bool value) { out_.push_back(value ? 1 : 0); }
  void Text(std::string_view value) { AppendLengthPrefixed(&out_, value); }

  void Type(const SqlType& type) {
    Int(static_cast<uint64_t>(type.id));
    Int((type.is_unsigned ? 1 : 0) | (type.is_zerofill ? 2 : 0) | (type.members ? 4 : 0));
    Int(type.decimals);
    Int(type.collation);
    Int(type.length);
    if (!type.members) return;
    Int(type.members->size());
    for (const std::string& member : *type.members) Text(member);
  }

  void Scalar(const Value& value) {
    Bool(!value.is_null());
    if (value.is_null()) return;
    Int(static_cast<uint64_t>(value.kind()));
    switch (value.kind()) {
      case PhysicalType::kInt64: Signed(value.int64()); break;
      case PhysicalType::kUInt64: Int(value.uint64()); break;
      case PhysicalType::kDouble: Signed(std::bit_cast<int64_t>(value.real())); break;
      case PhysicalType::kDecimal: {
        std::string bytes;
        value.decimal().EncodeCompact(&bytes);
        Text(bytes);
        break;
      }
      case PhysicalType::kString:
      case PhysicalType::kJson: Text(value.string()); break;
      case PhysicalType::kTemporal:
        Signed(value.temporal());
        Int(static_cast<uint64_t>(value.temporal_type()));
        Int(value.fsp());
        break;
    }
  }

  void ColumnDefinition(const Column& column) {
    Int(column.id);
    Text(column.name);
    Type(column.type);
    Int((column.is_nullable ? 1 : 0) | (column.is_auto_increment ? 2 : 0) | (column.is_invisible ? 4 : 0) |
        (column.is_hidden ? 8 : 0) | (column.on_update_now ? 16 : 0));
    Int(static_cast<uint64_t>(column.default_kind));
    Scalar(column.default_value);
    Text(column.default_text);
    Text(column.default_expression);
    Int(static_cast<uint64_t>(column.generated));
    Text(column.generated_expression);
    Text(column.comment);
    Int(column.added_in_version);
    Scalar(column.initial_value);
    Int(column.dropped_in_version);
  }

 private:
  std::string& out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : reader_(bytes) {}
  bool ok() const { return is_ok_ && reader_.ok(); }
  bool Fail() { return is_ok_ = false; }

  uint64_t Int() {
    uint64_t value = 0;
    if (!reader_.ReadVarint(&value)) is_ok_ = false;
    return value;
  }
  uint32_t Int32() {
    const uint64_t value = Int();
    if (value > UINT32_MAX) is_ok_ = false;
    return static_cast<uint32_t>(value);
  }
  template <typename E>
  E Enum(E last) {
    const uint64_t value = Int();
    if (value > static_cast<uint64_t>(last)) {
      is_ok_ = false;
      return E{};
    }
    return static_cast<E>(value);
  }
  uint64_t Count() {
    const uint64_t count = Int();
    if (count > kMaxCount) is_ok_ = false;
    return is_ok_ ? count : 0;
  }
  int64_t Signed() {
    int64_t value = 0;
    if (!reader_.ReadLittle(&value)) is_ok_ = false;
    return value;
  }
  bool Bool() {
    uint8_t value = 0;
    if (!reader_.ReadLittle(&value)) is_ok_ = false;
    return value != 0;
  }
  std::string Text() {
    std::string_view value;
    if (!reader_.ReadLengthPrefixed(&value)) is_ok_ = false;
    return std::string(value);
  }

  SqlType Type() {
    SqlType type;
    type.id = Enum(TypeId::kGeometry);
    const uint64_t flags = Int();
    type.is_unsigned = flags & 1;
    type.is_zerofill = flags & 2;
    type.decimals = static_cast<uint8_t>(Int());
    type.collation = static_cast<CollationId>(Int());
    type.length = Int32();
    if (flags & 4) {
      std::vector<std::string> members(Count());
      for (std::string& member : members) member = Text();
      type.members = std::make_shared<const std::vector<std::string>>(std::move(members));
    }
    return type;
  }

  Value Scalar() {
    if (!Bool()) return Value::Null();
    switch (Enum(PhysicalType::kJson)) {
      case PhysicalType::kInt64: return Value::Int64(Signed());
      case PhysicalType::kUInt64: return Value::UInt64(Int());
      case PhysicalType::kDouble: return Value::Double(std::bit_cast<double>(Signed()));
      case PhysicalType::kDecimal: {
        Decimal decimal;
        if (!Decimal::DecodeCompact(Text(), &decimal)) is_ok_ = false;
        return Value::OfDecimal(decimal);
      }
      case PhysicalType::kString: return Value::String(Text());
      case PhysicalType::kJson: return Value::Json(Text());
      case PhysicalType::kTemporal: {
        const int64_t packed = Signed();
        const TypeId type = Enum(TypeId::kGeometry);
        return Value::Temporal(packed, type, static_cast<uint8_t>(Int()));
      }
    }
    is_ok_ = false;
    return Value::Null();
  }

  Column ColumnDefinition() {
    Column column;
    column.id = Int32();
    column.name = Text();
    column.type = Type();
    const uint64_t flags = Int();
    column.is_nullable = flags & 1;
    column.is_auto_increment = flags & 2;
    column.is_invisible = flags & 4;
    column.is_hidden = flags & 8;
    column.on_update_now = flags & 16;
    column.default_kind = Enum(DefaultKind::kExpression);
    column.default_value = Scalar();
    column.default_text = Text();
    column.default_expression = Text();
    column.generated = Enum(GeneratedKind::kStored);
    column.generated_expression = Text();
    column.comment = Text();
    column.added_in_version = Int32();
    column.initial_value = Scalar();
    column.dropped_in_version = Int32();
    return column;
  }

 private:
  ByteReader reader_;
  bool is_ok_ = true;
};

}  // namespace

void EncodeSchema(const SchemaDefinition& schema, std::string* out) {
  Writer w(out);
  w.Int(kFormat);
  w.Int(schema.id);
  w.Text(schema.name);
  w.Int(schema.collation);
  w.Bool(schema.is_read_only);
}

bool DecodeSchema(std::string_view bytes, SchemaDefinition* schema) {
  Reader r(bytes);
  if (r.Int() != kFormat) return false;
  schema->id = r.Int();
  schema->name = r.Text();
  schema->collation = static_cast<CollationId>(r.Int());
  schema->is_read_only = r.Bool();
  return r.ok();
}

void EncodeTable(const TableDefinition& table, std::string* out) {
  Writer w(out);
  w.Int(kFormat);
  w.Int(table.id);
  w.Text(table.schema);
  w.Text(table.name);
  w.Int(table.version);
  w.Int(table.row_version);
  w.Bool(table.is_temporary);
  w.Int(table.columns.size());
  for (const Column& column : table.columns) w.ColumnDefinition(column);
  w.Int(table.indexes.size());
  for (const Index& index : table.indexes) {
    w.Int(index.id);
    w.Text(index.name);
    w.Int(static_cast<uint64_t>(index.kind));
    w.Int(index.parts.size());
    for (const IndexPart& part : index.parts) {
      w.Int(part.column);
      w.Int(part.prefix_length);
      w.Bool(part.is_descending);
    }
    w.Int((index.is_invisible ? 1 : 0) | (index.is_generated_for_foreign_key ? 2 : 0));
    w.Text(index.algorithm);
    w.Text(index.comment);
  }
  w.Int(table.foreign_keys.size());
  for (const ForeignKey& key : table.foreign_keys) {
    w.Text(key.name);
    w.Int(key.columns.size());
    for (uint32_t column : key.columns) w.Int(column);
    w.Text(key.referenced_schema);
    w.Text(key.referenced_table);
    w.Int(key.referenced_columns.size());
    for (const std::string& column : key.referenced_columns) w.Text(column);
    w.Int(static_cast<uint64_t>(key.on_delete));
    w.Int(static_cast<uint64_t>(key.on_update));
  }
  w.Int(table.checks.size());
  for (const CheckConstraint& check : table.checks) {
    w.Text(check.name);
    w.Text(check.expression);
    w.Int((check.is_enforced ? 1 : 0) | (check.is_generated_name ? 2 : 0));
  }
  w.Int(table.next_column_id);
  w.Int(table.dropped_columns.size());
  for (const Column& column : table.dropped_columns) w.ColumnDefinition(column);
  w.Int(table.collation);
  w.Text(table.engine);
  w.Text(table.comment);
  w.Text(table.row_format);
  w.Text(table.create_options);
  w.Int(table.auto_increment_start);
  w.Signed(table.created_at_us);
  w.Signed(table.updated_at_us);
  w.Int(table.hidden_index_id);
}

bool DecodeTable(std::string_view bytes, TableDefinition* table) {
  Reader r(bytes);
  if (r.Int() != kFormat) return false;
  table->id = r.Int();
  table->schema = r.Text();
  table->name = r.Text();
  table->version = r.Int();
  table->row_version = r.Int32();
  table->is_temporary = r.Bool();
  const uint64_t column_count = r.Count();
  for (uint64_t i = 0; i < column_count && r.ok(); ++i) table->columns.push_back(r.ColumnDefinition());
  const uint64_t index_count = r.Count();
  for (uint64_t i = 0; i < index_count && r.ok(); ++i) {
    Index index;
    index.id = r.Int32();
    index.name = r.Text();
    index.kind = r.Enum(IndexKind::kSpatial);
    const uint64_t part_count = r.Count();
    for (uint64_t k = 0; k < part_count && r.ok(); ++k) {
      IndexPart part;
      part.column = r.Int32();
      part.prefix_length = r.Int32();
      part.is_descending = r.Bool();
      if (part.column >= column_count) return false;
      index.parts.push_back(part);
    }
    const uint64_t flags = r.Int();
    index.is_invisible = flags & 1;
    index.is_generated_for_foreign_key = flags & 2;
    index.algorithm = r.Text();
    index.comment = r.Text();
    table->indexes.push_back(std::move(index));
  }
  const uint64_t key_count = r.Count();
  for (uint64_t i = 0; i < key_count && r.ok(); ++i) {
    ForeignKey key;
    key.name = r.Text();
    const uint64_t count = r.Count();
    for (uint64_t k = 0; k < count && r.ok(); ++k) {
      key.columns.push_back(r.Int32());
      if (key.columns.back() >= column_count) return false;
    }
    key.referenced_schema = r.Text();
    key.referenced_table = r.Text();
    const uint64_t referenced = r.Count();
    for (uint64_t k = 0; k < referenced && r.ok(); ++k) key.referenced_columns.push_back(r.Text());
    key.on_delete = r.Enum(ReferentialAction::kSetDefault);
    key.on_update = r.Enum(ReferentialAction::kSetDefault);
    table->foreign_keys.push_back(std::move(key));
  }
  const uint64_t check_count = r.Count();
  for (uint64_t i = 0; i < check_count && r.ok(); ++i) {
    CheckConstraint check;
    check.name = r.Text();
    check.expression = r.Text();
    const uint64_t flags = r.Int();
    check.is_enforced = flags & 1;
    check.is_generated_name = flags & 2;
    table->checks.push_back(std::move(check));
  }
  table->next_column_id = r.Int32();
  const uint64_t dropped_count = r.Count();
  for (uint64_t i = 0; i < dropped_count && r.ok(); ++i) table->dropped_columns.push_back(r.ColumnDefinition());
  table->collation = static_cast<CollationId>(r.Int());
  table->engine = r.Text();
  table->comment = r.Text();
  table->row_format = r.Text();
  table->create_options = r.Text();
  table->auto_increment_start = r.Int();
  table->created_at_us = r.Signed();
  table->updated_at_us = r.Signed();
  table->hidden_index_id = r.Int32();
  return r.ok();
}

void EncodeView(const ViewDefinition& view, std::string* out) {
  Writer w(out);
  w.Int(kFormat);
  w.Int(view.id);
  w.Text(view.schema);
  w.Text(view.name);
  w.Int(view.version);
  w.Int(view.columns.size());
  for (const std::string& column : view.columns) w.Text(column);
  w.Text(view.select_text);
  w.Int(static_cast<uint64_t>(view.algorithm));
  w.Int(static_cast<uint64_t>(view.check_option));
  w.Text(view.definer_user);
  w.Text(view.definer_host);
  w.Bool(view.is_security_invoker);
  w.Int(view.sql_mode);
  w.Int(view.connection_collation);
  w.Text(view.client_charset);
}

bool DecodeView(std::string_view bytes, ViewDefinition* view) {
  Reader r(bytes);
  if (r.Int() != kFormat) return false;
  view->id = r.Int();
  view->schema = r.Text();
  view->name = r.Text();
  view->version = r.Int();
  const uint64_t column_count = r.Count();
  for (uint64_t i = 0; i < column_count && r.ok(); ++i) view->columns.push_back(r.Text());
  view->select_text = r.Text();
  view->algorithm = r.Enum(ViewAlgorithm::kTemptable);
  view->check_option = r.Enum(ViewCheckOption::kCascaded);
  view->definer_user = r.Text();
  view->definer_host = r.Text();
  view->is_security_invoker = r.Bool();
  view->sql_mode = r.Int();
  view->connection_collation = static_cast<CollationId>(r.Int());
  view->client_charset = r.Text();
  return r.ok();
}

void EncodeStatistics(const TableStatistics& statistics, std::string* out) {
  Writer w(out);
  w.Int(kFormat);
  w.Int(statistics.table_id);
  w.Int(statistics.row_count);
  w.Int(statistics.data_bytes);
  w.Int(statistics.index_bytes);
  w.Signed(statistics.updated_at_us);
  w.Int(statistics.epoch);
  w.Int(statistics.indexes.size());
  for (const IndexStatistics& index : statistics.indexes) {
    w.Int(index.index_id);
    w.Int(index.bytes);
    w.Int(index.distinct.size());
    for (uint64_t count : index.distinct) w.Int(count);
  }
}

bool DecodeStatistics(std::string_view bytes, TableStatistics* statistics) {
  Reader r(bytes);
  if (r.Int() != kFormat) return false;
  statistics->table_id = r.Int();
  statistics->row_count = r.Int();
  statistics->data_bytes = r.Int();
  statistics->index_bytes = r.Int();
  statistics->updated_at_us = r.Signed();
  statistics->epoch = r.Int();
  const uint64_t index_count = r.Count();
  for (uint64_t i = 0; i < index_count && r.ok(); ++i) {
    IndexStatistics index;
    index.index_id = r.Int32();
    index.bytes = r.Int();
    const uint64_t count = r.Count();
    for (uint64_t k = 0; k < count && r.ok(); ++k) index.distinct.push_back(r.Int());
    statistics->indexes.push_back(std::move(index));
  }
  return r.ok();
}

}  // namespace mahi
