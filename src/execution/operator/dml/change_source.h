// ChangeSource: the rows that UPDATE and DELETE work on. A plain scan of one table is streamed, since scans do not see what
// their own statement writes; anything else is read to its end first, because joins open their inner side again.
// Thread safety: none.
#pragma once

#include <memory>

#include "execution/memory/row_store.h"
#include "execution/operator/operator.h"

namespace mahi {

class ChangeSource {
 public:
  ChangeSource(Runtime& runtime, OperatorPtr child, const PhysicalNode* node)
      : runtime_(runtime), child_(std::move(child)), is_streamed_(IsPlainScan(node)) {
    if (is_streamed_) return;
    store_ = std::make_unique<RowStore>(runtime, child_->types());
    batch_ = Batch(child_->types());
  }

  const std::vector<SqlType>& types() const { return child_->types(); }

  Status Open() {
    MAHI_RETURN_IF_ERROR(child_->Open());
    if (is_streamed_) return Status::Ok();
    store_->Clear();
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
      if (batch == nullptr) break;
      MAHI_RETURN_IF_ERROR(store_->Append(*batch, batch->rows()));
    }
    reader_.Open(store_.get());
    return Status::Ok();
  }

  Result<Batch*> Next() {
    if (is_streamed_) return child_->Next();
    MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
    batch_.Reset();
    batch_.ClearSelection();
    MAHI_ASSIGN_OR_RETURN(uint32_t count, reader_.Next(&batch_, runtime_.batch_rows));
    if (count == 0) return nullptr;
    batch_.set_row_count(count);
    return &batch_;
  }

 private:
  static bool IsPlainScan(const PhysicalNode* node) {
    switch (node->kind) {
      case PhysicalKind::kTableScan:
      case PhysicalKind::kIndexScan:
      case PhysicalKind::kPointLookup:
      case PhysicalKind::kEmpty:
        return true;
      case PhysicalKind::kFilter:
      case PhysicalKind::kProject:
      case PhysicalKind::kLimit:
        return IsPlainScan(node->children[0]);
      default:
        return false;
    }
  }

  Runtime& runtime_;
  OperatorPtr child_;
  bool is_streamed_;
  std::unique_ptr<RowStore> store_;
  RowStoreReader reader_;
  Batch batch_;
};

// The columns `slots` of a batch's row.
inline void ReadRow(const Batch& batch, uint32_t row, const std::vector<uint32_t>& slots, std::vector<Datum>* values) {
  values->clear();
  for (uint32_t slot : slots) {
    const Vector& column = batch.column(slot);
    values->push_back(column.IsNull(row) ? Datum::Null() : column.GetDatum(row));
  }
}

}  // namespace mahi
