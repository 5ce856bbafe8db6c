// Cte, CteReference, RecursiveCte and WorkingTable.
//
// A recursive one runs its seed, then its step again and again: each time the step's WorkingTable reads the rows that were
// new in the time before, until there are none.
#include "execution/memory/key_encoder.h"
#include "execution/memory/key_table.h"
#include "execution/operator/cte/cte_state.h"
#include "execution/operator/factories.h"

namespace mahi {

namespace {

template <typename T>
T& At(std::vector<T>& list, uint32_t index) {
  if (list.size() <= index) list.resize(index + 1);
  return list[index];
}

class CteOperator : public Operator {
 public:
  CteOperator(Runtime& runtime, const PhysicalCte& node, OperatorPtr definition)
      : Operator(runtime, node), cte_(node), state_(runtime, std::move(definition)) {}
  void set_body(OperatorPtr body) { body_ = std::move(body); }

  Status OpenImpl() override {
    state_.Reset();
    At(runtime_.ctes, cte_.cte) = &state_;
    return body_->Open();
  }
  Result<Batch*> NextImpl() override { return body_->Next(); }

 private:
  const PhysicalCte& cte_;
  CteState state_;
  OperatorPtr body_;
};

// Rows of a store, with columns picked.
class StoreReader {
 public:
  StoreReader(const std::vector<uint32_t>& columns, const std::vector<SqlType>& types)
      : columns_(columns), batch_(types) {}
  void Open(const RowStore* store) {
    reader_.Open(store);
    store_ = store;
  }
  Result<Batch*> Next(uint32_t limit) {
    batch_.Reset();
    pointers_.resize(limit);
    MAHI_ASSIGN_OR_RETURN(uint32_t count, reader_.NextRows(pointers_.data(), limit));
    if (count == 0) return nullptr;
    for (size_t i = 0; i < columns_.size(); ++i) {
      for (uint32_t k = 0; k < count; ++k) {
        store_->layout().Read(pointers_[k], columns_[i], &batch_.column(i), k);
      }
    }
    batch_.set_row_count(count);
    return &batch_;
  }

 private:
  const std::vector<uint32_t>& columns_;
  const RowStore* store_ = nullptr;
  RowStoreReader reader_;
  std::vector<const char*> pointers_;
  Batch batch_;
};

class CteReferenceOperator : public Operator {
 public:
  CteReferenceOperator(Runtime& runtime, const PhysicalCteReference& node)
      : Operator(runtime, node), reference_(node), reader_(node.columns, node.types) {}

  Status OpenImpl() override {
    CteState* state = At(runtime_.ctes, reference_.cte);
    MAHI_ASSERT(state != nullptr);
    MAHI_ASSIGN_OR_RETURN(const RowStore* rows, state->Rows());
    reader_.Open(rows);
    return Status::Ok();
  }
  Result<Batch*> NextImpl() override { return reader_.Next(runtime_.batch_rows); }

 private:
  const PhysicalCteReference& reference_;
  StoreReader reader_;
};

class WorkingTableOperator : public Operator {
 public:
  WorkingTableOperator(Runtime& runtime, const PhysicalWorkingTable& node)
      : Operator(runtime, node), table_(node), reader_(node.columns, node.types) {}

  Status OpenImpl() override {
    const RowStore* store = At(runtime_.working_tables, table_.cte);
    MAHI_ASSERT(store != nullptr);
    reader_.Open(store);
    return Status::Ok();
  }
  Result<Batch*> NextImpl() override { return reader_.Next(runtime_.batch_rows); }

 private:
  const PhysicalWorkingTable& table_;
  StoreReader reader_;
};

class RecursiveCteOperator : public Operator {
 public:
  RecursiveCteOperator(Runtime& runtime, const PhysicalRecursiveCte& node, OperatorPtr seed, OperatorPtr step)
      : Operator(runtime, node), cte_(node), seed_(std::move(seed)), step_(std::move(step)),
        memory_(runtime.memory) {
    for (auto& store : stores_) store = std::make_unique<RowStore>(runtime, node.types);
  }

  Status OpenImpl() override {
    for (auto& store : stores_) store->Clear();
    known_.Clear();
    filling_ = 0;
    iteration_ = 0;
    is_in_seed_ = true;
    is_done_ = false;
    return seed_->Open();
  }

  Result<Batch*> NextImpl() override {
    while (!is_done_) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, is_in_seed_ ? seed_->Next() : step_->Next());
      if (batch == nullptr) {
        MAHI_RETURN_IF_ERROR(NextIteration());
        continue;
      }
      if (cte_.is_distinct) {
        KeepNew(*batch);
        if (passed_.count == 0) continue;
        if (passed_.count < batch->selected_count()) batch->Select(passed_.View());
      }
      MAHI_RETURN_IF_ERROR(stores_[filling_]->Append(*batch, batch->rows()));
      return batch;
    }
    return nullptr;
  }

 private:
  void KeepNew(const Batch& batch) {
    passed_.Clear();
    Selection rows = batch.rows();
    for (uint32_t i = 0; i < rows.count; ++i) {
      key_.clear();
      for (size_t c = 0; c < batch.column_count(); ++c) AppendEqualityKey(batch.column(c), rows[i], &key_);
      bool is_new = false;
      known_.FindOrInsert(key_, &is_new);
      if (is_new) passed_.Append(rows[i]);
    }
    memory_.Set(known_.memory_bytes());
  }

  Status NextIteration() {
    is_in_seed_ = false;
    if (stores_[filling_]->row_count() == 0) {
      is_done_ = true;
      return Status::Ok();
    }
    if (++iteration_ > runtime_.context.cte_max_recursion_depth) {
      return Error(ER_CTE_MAX_RECURSION_DEPTH, iteration_);
    }
    At(runtime_.working_tables, cte_.cte) = stores_[filling_].get();
    filling_ = 1 - filling_;
    stores_[filling_]->Clear();
    return step_->Open();
  }

  const PhysicalRecursiveCte& cte_;
  OperatorPtr seed_, step_;
  std::unique_ptr<RowStore> stores_[2];
  int filling_ = 0;  // the other one is the working table
  uint64_t iteration_ = 0;
  bool is_in_seed_ = true;
  bool is_done_ = false;
  KeyTable known_;
  MemoryUse memory_;
  SelectionBuffer passed_;
  std::string key_;
};

}  // namespace

Result<OperatorPtr> MakeCte(Runtime& runtime, const PhysicalCte& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr definition, BuildOperator(runtime, node.children[0]));
  auto cte = std::make_unique<CteOperator>(runtime, node, std::move(definition));
  MAHI_ASSIGN_OR_RETURN(OperatorPtr body, BuildOperator(runtime, node.children[1]));
  cte->set_body(std::move(body));
  return OperatorPtr(std::move(cte));
}
Result<OperatorPtr> MakeCteReference(Runtime& runtime, const PhysicalCteReference& node) {
  return OperatorPtr(new CteReferenceOperator(runtime, node));
}
Result<OperatorPtr> MakeRecursiveCte(Runtime& runtime, const PhysicalRecursiveCte& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr seed, BuildOperator(runtime, node.children[0]));
  MAHI_ASSIGN_OR_RETURN(OperatorPtr step, BuildOperator(runtime, node.children[1]));
  return OperatorPtr(new RecursiveCteOperator(runtime, node, std::move(seed), std::move(step)));
}
Result<OperatorPtr> MakeWorkingTable(Runtime& runtime, const PhysicalWorkingTable& node) {
  return OperatorPtr(new WorkingTableOperator(runtime, node));
}

}  // namespace mahi
