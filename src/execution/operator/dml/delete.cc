// Delete: single-table and multi-table DELETE. Each row is deleted once, however often a join gives it.
#include <unordered_set>

#include "execution/operator/dml/change_source.h"
#include "execution/operator/dml/row_maker.h"
#include "execution/operator/factories.h"
#include "table/table_writer.h"

namespace mahi {

namespace {

class DeleteOperator : public Operator {
 public:
  DeleteOperator(Runtime& runtime, const PhysicalDelete& node)
      : Operator(runtime, node), physical_(node), delete_(*node.logical), scope_(runtime, node.logical->ignore) {}

  Status Compile() {
    MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime_, node_.children[0]));
    source_ = std::make_unique<ChangeSource>(runtime_, std::move(child), node_.children[0]);
    MAHI_ASSIGN_OR_RETURN(returning_, CompileExpressions(runtime_, delete_.returning));
    if (!returning_.empty()) {
      std::vector<SqlType> types;
      for (const EvaluatorPtr& expression : returning_) types.push_back(expression->type());
      returned_ = std::make_unique<RowStore>(runtime_, types);
      output_ = Batch(types);
      for (const SqlType& type : types) projected_.columns().emplace_back(type, 1);
    }
    seen_.resize(delete_.targets.size());
    for (const DeleteTarget& target : delete_.targets) {
      for (const ForeignKey& key : target.table->foreign_keys) {
        for (const DeleteTarget& other : delete_.targets) {
          may_be_gone_ = may_be_gone_ || key.referenced_table == other.table->name;
        }
      }
    }
    return Status::Ok();
  }

  Status OpenImpl() override {
    is_done_ = false;
    writers_.clear();
    for (const DeleteTarget& target : delete_.targets) {
      MAHI_ASSIGN_OR_RETURN(auto writer, TableWriter::Open(runtime_.tables.get(), target.table));
      writers_.push_back(std::move(writer));
    }
    return source_->Open();
  }

  Result<Batch*> NextImpl() override {
    if (!is_done_) {
      is_done_ = true;
      while (true) {
        MAHI_ASSIGN_OR_RETURN(Batch* batch, source_->Next());
        if (batch == nullptr) break;
        MAHI_RETURN_IF_ERROR(DeleteBatch(*batch));
      }
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
  Status DeleteBatch(const Batch& batch) {
    Selection rows = batch.rows();
    for (uint32_t i = 0; i < rows.count; ++i) {
      if ((i & 63) == 0) MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      ++runtime_.row_number;
      for (size_t t = 0; t < delete_.targets.size(); ++t) {
        const Vector& locators = batch.column(physical_.locator_slots[t]);
        if (locators.IsNull(rows[i])) continue;  // the NULL row of an outer join
        if (delete_.is_multi_table && !seen_[t].emplace(locators.String(rows[i])).second) continue;
        bool skipped = false;
        MAHI_RETURN_IF_ERROR(IgnoreRowError(runtime_, delete_.ignore, DeleteRow(t, batch, rows[i]), &skipped));
      }
    }
    return Status::Ok();
  }

  Status DeleteRow(size_t t, const Batch& batch, uint32_t row) {
    ReadRow(batch, row, physical_.row_slots[t], &old_row_);
    locator_ = batch.column(physical_.locator_slots[t]).String(row);
    if (may_be_gone_) {
      std::vector<Datum> present;
      MAHI_ASSIGN_OR_RETURN(bool found, writers_[t]->Read(locator_, &present));
      if (!found) return Status::Ok();
    }
    MAHI_RETURN_IF_ERROR(writers_[t]->Delete(locator_, old_row_));
    ++runtime_.result.affected_rows;
    ++runtime_.result.matched_rows;
    if (returned_ == nullptr) return Status::Ok();
    uint16_t position = static_cast<uint16_t>(row);
    Selection one{&position, 1};
    for (Vector& column : projected_.columns()) column.Release();
    for (size_t i = 0; i < returning_.size(); ++i) {
      MAHI_RETURN_IF_ERROR(returning_[i]->EvaluateInto(batch, one, &projected_.column(i)));
    }
    projected_.set_row_count(batch.row_count());
    return returned_->Append(projected_, one);
  }

  const PhysicalDelete& physical_;
  const DeleteNode& delete_;
  DmlScope scope_;
  std::unique_ptr<ChangeSource> source_;
  std::vector<std::unique_ptr<TableWriter>> writers_;
  std::vector<EvaluatorPtr> returning_;
  std::vector<std::unordered_set<std::string>> seen_;  // locators, multi-table only
  std::vector<Datum> old_row_;
  std::string locator_;
  std::unique_ptr<RowStore> returned_;
  RowStoreReader reader_;
  Batch output_, projected_;
  bool is_done_ = false;
  bool may_be_gone_ = false;  // a cascade of this statement may have deleted rows before their turn
};

}  // namespace

Result<OperatorPtr> MakeDelete(Runtime& runtime, const PhysicalDelete& node) {
  auto operation = std::make_unique<DeleteOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(operation->Compile());
  return OperatorPtr(std::move(operation));
}

}  // namespace mahi
