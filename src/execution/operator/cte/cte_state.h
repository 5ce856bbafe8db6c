// CteState: the definition of a WITH clause's table and its rows, which the first reference that is opened materialises.
// Thread safety: none.
#pragma once

#include "execution/memory/row_store.h"
#include "execution/operator/operator.h"

namespace mahi {

class CteState {
 public:
  CteState(Runtime& runtime, OperatorPtr definition)
      : definition_(std::move(definition)), store_(runtime, definition_->types()) {}

  void Reset() {
    is_done_ = false;
    store_.Clear();
  }
  Result<const RowStore*> Rows() {
    if (is_done_) return &store_;
    MAHI_RETURN_IF_ERROR(definition_->Open());
    while (true) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, definition_->Next());
      if (batch == nullptr) break;
      MAHI_RETURN_IF_ERROR(store_.Append(*batch, batch->rows()));
    }
    is_done_ = true;
    return &store_;
  }

 private:
  OperatorPtr definition_;
  RowStore store_;
  bool is_done_ = false;
};

}  // namespace mahi
