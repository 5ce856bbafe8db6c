// Insert: INSERT (VALUES, SELECT, IGNORE, ON DUPLICATE KEY UPDATE), REPLACE and LOAD DATA.
//
// Affected rows: 1 for an inserted row; REPLACE adds 1 for each row that it deleted; ON DUPLICATE KEY UPDATE counts 2 for
// a changed row and 0 for one that stays as it is.
// Source: MySQL 8.4 manual, "INSERT Statement", "REPLACE Statement", "mysql_insert_id()".
#include "execution/memory/row_store.h"
#include "execution/operator/dml/row_maker.h"
#include "execution/operator/factories.h"
#include "table/table_writer.h"

namespace mahi {

namespace {

class InsertOperator : public Operator {
 public:
  InsertOperator(Runtime& runtime, const PhysicalInsert& node)
      : Operator(runtime, node), insert_(*node.logical), scope_(runtime, node.logical->ignore),
        maker_(runtime, node.logical->table, node.logical->ignore) {}

  Status Compile() {
    MAHI_ASSIGN_OR_RETURN(child_, BuildOperator(runtime_, node_.children[0]));
    const TableDefinition& table = *insert_.table;
    size_t width = table.columns.size();
    MAHI_RETURN_IF_ERROR(maker_.Compile(insert_.expressions));
    if (insert_.on_duplicate == DuplicateAction::kUpdate) {
      // Slots: the row as it is, the row that was to be inserted, further source columns.
      std::vector<SqlType> extra;
      for (const Column& column : table.columns) extra.push_back(column.type);
      for (size_t i = insert_.target.size(); i < child_->types().size(); ++i) extra.push_back(child_->types()[i]);
      updater_ = std::make_unique<RowMaker>(runtime_, insert_.table, insert_.ignore);
      MAHI_RETURN_IF_ERROR(updater_->Compile(insert_.expressions, extra));
      for (const ColumnAssignment& assignment : insert_.updates) {
        MAHI_ASSIGN_OR_RETURN(EvaluatorPtr value, CompileOptional(runtime_, assignment.value));
        updates_.push_back(std::move(value));
      }
    }
    MAHI_ASSIGN_OR_RETURN(returning_, CompileExpressions(runtime_, insert_.returning));
    if (!returning_.empty()) {
      std::vector<SqlType> types;
      for (const EvaluatorPtr& expression : returning_) types.push_back(expression->type());
      returned_ = std::make_unique<RowStore>(runtime_, types);
      output_ = Batch(types);
      single_ = Batch(types, 1);
    }
    given_.assign(width, false);
    for (uint32_t ordinal : insert_.target) given_[ordinal] = true;
    for (size_t i = 0; i < width; ++i) {
      if (!given_[i]) omitted_.push_back(static_cast<uint32_t>(i));
      if (table.columns[i].is_auto_increment) auto_column_ = static_cast<int32_t>(i);
    }
    return Status::Ok();
  }

  Status OpenImpl() override {
    is_done_ = false;
    const TableDefinition& table = *insert_.table;
    MAHI_RETURN_IF_ERROR(maker_.CheckOmitted(given_));
    MAHI_ASSIGN_OR_RETURN(writer_, TableWriter::Open(runtime_.tables.get(), insert_.table));
    uint64_t known_rows = 0;
    const PhysicalNode* source = node_.children[0];
    if (source->kind == PhysicalKind::kValues) known_rows = As<PhysicalValues>(source)->rows.size();
    if (source->kind == PhysicalKind::kProject && source->children[0]->kind == PhysicalKind::kSingleRow) known_rows = 1;
    is_single_row_ = known_rows == 1;
    if (known_rows > 0) writer_->ExpectRows(known_rows);
    reads_own_table_ = known_rows == 0 && Reads(source, table.id);
    return child_->Open();
  }

  Result<Batch*> NextImpl() override {
    if (!is_done_) {
      is_done_ = true;
      MAHI_RETURN_IF_ERROR(Run());
      if (returned_ != nullptr) reader_.Open(returned_.get());
    }
    if (returned_ == nullptr) return nullptr;
    output_.Reset();
    MAHI_ASSIGN_OR_RETURN(uint32_t count, reader_.Next(&output_, kBatchRows));
    if (count == 0) return nullptr;
    output_.set_row_count(count);
    return &output_;
  }

 private:
  static bool Reads(const PhysicalNode* node, uint64_t table_id) {
    // Joins may open their inner side again after rows were written, so everything but a plain scan counts.
    switch (node->kind) {
      case PhysicalKind::kTableScan:
      case PhysicalKind::kIndexScan:
      case PhysicalKind::kPointLookup:
      case PhysicalKind::kSingleRow:
      case PhysicalKind::kValues:
      case PhysicalKind::kLoadFile:
      case PhysicalKind::kVirtualScan:
        return false;
      case PhysicalKind::kFilter:
      case PhysicalKind::kProject:
      case PhysicalKind::kLimit:
        return Reads(node->children[0], table_id);
      default:
        return true;
    }
  }

  Status Run() {
    if (!reads_own_table_) {
      while (true) {
        MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
        if (batch == nullptr) break;
        MAHI_RETURN_IF_ERROR(InsertBatch(*batch));
      }
    } else {
      RowStore store(runtime_, child_->types());
      while (true) {
        MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
        if (batch == nullptr) break;
        MAHI_RETURN_IF_ERROR(store.Append(*batch, batch->rows()));
      }
      RowStoreReader reader(&store);
      Batch batch(child_->types());
      while (true) {
        MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
        batch.Reset();
        MAHI_ASSIGN_OR_RETURN(uint32_t count, reader.Next(&batch, kBatchRows));
        if (count == 0) break;
        batch.set_row_count(count);
        MAHI_RETURN_IF_ERROR(InsertBatch(batch));
      }
    }
    ExecutionResult& result = runtime_.result;
    result.copied_rows = records_;
    result.duplicate_rows = insert_.ignore && insert_.on_duplicate != DuplicateAction::kUpdate &&
                                    insert_.on_duplicate != DuplicateAction::kReplace
                                ? records_ - inserted_
                                : duplicates_;
    result.first_generated_id = first_generated_;
    result.last_insert_id = first_generated_ != 0 ? first_generated_ : last_explicit_;
    return Status::Ok();
  }

  Status InsertBatch(const Batch& batch) {
    Selection rows = batch.rows();
    for (uint32_t i = 0; i < rows.count; ++i) {
      if ((records_ & 63) == 0) MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      ++records_;
      runtime_.row_number = records_;
      bool skipped = false;
      MAHI_RETURN_IF_ERROR(
          IgnoreRowError(runtime_, insert_.ignore, InsertRow(batch, rows[i]), &skipped));
    }
    return Status::Ok();
  }

  Status InsertRow(const Batch& batch, uint32_t row) {
    maker_.Start();
    for (uint32_t ordinal : omitted_) MAHI_RETURN_IF_ERROR(maker_.AssignDefault(ordinal, records_));
    for (size_t i = 0; i < insert_.target.size(); ++i) {
      const Vector& source = batch.column(i);
      Datum value = source.IsNull(row) ? Datum::Null() : source.GetDatum(row);
      MAHI_RETURN_IF_ERROR(maker_.Assign(insert_.target[i], value, source.type(), records_, is_single_row_));
    }
    MAHI_RETURN_IF_ERROR(maker_.ComputeDefaults(records_));
    uint64_t generated = 0;
    if (auto_column_ >= 0) {
      MAHI_ASSIGN_OR_RETURN(generated, AssignAutoIncrement());
    }
    MAHI_RETURN_IF_ERROR(maker_.ComputeGenerated(records_));
    MAHI_RETURN_IF_ERROR(maker_.Check());
    while (true) {
      DuplicateRow duplicate;
      MAHI_ASSIGN_OR_RETURN(bool inserted, writer_->TryInsert(maker_.row(), &duplicate));
      if (inserted) break;
      switch (insert_.on_duplicate) {
        case DuplicateAction::kError:
        case DuplicateAction::kIgnore: {
          Error error = writer_->DuplicateError(duplicate);
          if (insert_.on_duplicate == DuplicateAction::kError) return error;
          if (evaluation().diagnostics != nullptr) evaluation().diagnostics->Warn(error);
          return Status::Ok();
        }
        case DuplicateAction::kUpdate:
          return UpdateDuplicate(batch, row, duplicate);
        case DuplicateAction::kReplace: {
          std::vector<Datum> old_row;
          MAHI_ASSIGN_OR_RETURN(bool found, writer_->Read(duplicate.locator, &old_row));
          if (found) MAHI_RETURN_IF_ERROR(writer_->Delete(duplicate.locator, old_row));
          ++duplicates_;
          ++runtime_.result.affected_rows;
          ++runtime_.result.matched_rows;
          break;
        }
      }
    }
    ++inserted_;
    ++runtime_.result.affected_rows;
    ++runtime_.result.matched_rows;
    if (generated != 0) {
      if (first_generated_ == 0) first_generated_ = generated;
    } else if (auto_column_ >= 0) {
      NoteExplicitId(maker_.row()[static_cast<size_t>(auto_column_)]);
    }
    return Return(&maker_);
  }

  void NoteExplicitId(const Datum& value) {
    if (value.is_null) return;
    last_explicit_ = value.kind == PhysicalType::kDouble ? static_cast<uint64_t>(value.real) : value.uint64;
  }

  // The generated value, 0: none was needed.
  Result<uint64_t> AssignAutoIncrement() {
    Datum& value = maker_.row()[static_cast<size_t>(auto_column_)];
    const SqlType& type = insert_.table->columns[static_cast<size_t>(auto_column_)].type;
    bool is_zero = !value.is_null &&
                   (value.kind == PhysicalType::kDouble ? value.real == 0 : value.uint64 == 0);
    bool wants = value.is_null || (is_zero && (evaluation().sql_mode & kSqlModeNoAutoValueOnZero) == 0);
    if (wants && runtime_.context.insert_id != 0) {
      uint64_t id = runtime_.context.insert_id;
      runtime_.context.insert_id = 0;
      value = type.physical() == PhysicalType::kDouble   ? Datum::Double(static_cast<double>(id))
              : type.physical() == PhysicalType::kUInt64 ? Datum::UInt64(id)
                                                         : Datum::Int64(static_cast<int64_t>(id));
      MAHI_ASSIGN_OR_RETURN(uint64_t none, writer_->AssignAutoIncrement(maker_.row()));
      return none != 0 ? none : id;
    }
    return writer_->AssignAutoIncrement(maker_.row());
  }

  Status UpdateDuplicate(const Batch& batch, uint32_t row, const DuplicateRow& duplicate) {
    std::vector<Datum> old_row;
    MAHI_ASSIGN_OR_RETURN(bool found, writer_->Read(duplicate.locator, &old_row));
    if (!found) return writer_->DuplicateError(duplicate);
    uint32_t width = static_cast<uint32_t>(old_row.size());
    updater_->StartFrom(old_row);
    Batch& slots = updater_->RowBatch();
    for (uint32_t i = 0; i < width; ++i) updater_->SetSlot(width + i, maker_.row()[i]);
    for (size_t i = insert_.target.size(); i < batch.column_count(); ++i) {
      const Vector& source = batch.column(i);
      updater_->SetSlot(2 * width + static_cast<uint32_t>(i - insert_.target.size()),
                        source.IsNull(row) ? Datum::Null() : source.GetDatum(row));
    }
    for (size_t i = 0; i < updates_.size(); ++i) {
      uint32_t ordinal = insert_.updates[i].ordinal;
      if (updates_[i] == nullptr) {
        MAHI_RETURN_IF_ERROR(updater_->AssignDefault(ordinal, records_));
      } else {
        MAHI_ASSIGN_OR_RETURN(const Vector* value, updates_[i]->Evaluate(slots, Selection::All(1)));
        Datum datum = value->IsNull(0) ? Datum::Null() : value->GetDatum(0);
        MAHI_RETURN_IF_ERROR(updater_->Assign(ordinal, datum, value->type(), records_, is_single_row_));
      }
      updater_->SetSlot(ordinal, updater_->row()[ordinal]);
    }
    MAHI_RETURN_IF_ERROR(updater_->ComputeDefaults(records_));
    MAHI_RETURN_IF_ERROR(updater_->ComputeGenerated(records_));
    bool is_same = RowMaker::AreIdentical(old_row, updater_->row());
    if (!is_same) {
      updater_->ApplyOnUpdate();
      MAHI_RETURN_IF_ERROR(updater_->ComputeGenerated(records_));
    }
    MAHI_RETURN_IF_ERROR(updater_->Check());
    ++runtime_.result.matched_rows;
    if (auto_column_ >= 0) NoteExplicitId(old_row[static_cast<size_t>(auto_column_)]);
    if (!is_same) {
      DuplicateRow other;
      MAHI_ASSIGN_OR_RETURN(bool updated, writer_->TryUpdate(duplicate.locator, old_row, updater_->row(), &other));
      if (!updated) return writer_->DuplicateError(other);
      runtime_.result.affected_rows += 2;
      ++runtime_.result.matched_rows;
      ++duplicates_;
    }
    return Return(updater_.get());
  }

  Status Return(RowMaker* maker) {
    if (returned_ == nullptr) return Status::Ok();
    Batch& slots = maker->RowBatch();
    single_.Reset();
    for (size_t i = 0; i < returning_.size(); ++i) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, returning_[i]->Evaluate(slots, Selection::All(1)));
      if (value->IsNull(0)) {
        single_.column(i).SetNull(0);
      } else {
        single_.column(i).SetDatum(0, value->GetDatum(0));
      }
    }
    single_.set_row_count(1);
    return returned_->Append(single_, Selection::All(1));
  }

  const InsertNode& insert_;
  DmlScope scope_;
  RowMaker maker_;
  std::unique_ptr<RowMaker> updater_;
  OperatorPtr child_;
  std::vector<EvaluatorPtr> updates_, returning_;
  std::unique_ptr<TableWriter> writer_;
  std::vector<bool> given_;
  std::vector<uint32_t> omitted_;
  int32_t auto_column_ = -1;
  bool is_single_row_ = false;
  bool reads_own_table_ = false;
  bool is_done_ = false;
  uint64_t records_ = 0, inserted_ = 0, duplicates_ = 0;
  uint64_t first_generated_ = 0, last_explicit_ = 0;
  std::unique_ptr<RowStore> returned_;
  RowStoreReader reader_;
  Batch output_, single_;
};

}  // namespace

Result<OperatorPtr> MakeInsert(Runtime& runtime, const PhysicalInsert& node) {
  auto insert = std::make_unique<InsertOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(insert->Compile());
  return OperatorPtr(std::move(insert));
}

}  // namespace mahi
