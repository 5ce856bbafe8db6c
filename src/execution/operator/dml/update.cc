// Update: single-table and multi-table UPDATE.
//
// A single-table UPDATE assigns from left to right, later assignments see earlier ones; a multi-table one reads the old
// values only and changes each row once. Rows that stay as they are count as matched, not as changed, and are not written.
// Source: MySQL 8.4 manual, "UPDATE Statement".
#include <algorithm>
#include <unordered_set>

#include "execution/operator/dml/change_source.h"
#include "execution/operator/dml/row_maker.h"
#include "execution/operator/factories.h"
#include "table/table_writer.h"

namespace mahi {

namespace {

class UpdateOperator : public Operator {
 public:
  UpdateOperator(Runtime& runtime, const PhysicalUpdate& node)
      : Operator(runtime, node), physical_(node), update_(*node.logical), scope_(runtime, node.logical->ignore) {}

  Status Compile() {
    MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime_, node_.children[0]));
    source_ = std::make_unique<ChangeSource>(runtime_, std::move(child), node_.children[0]);
    for (size_t t = 0; t < update_.targets.size(); ++t) {
      const UpdateTarget& target = update_.targets[t];
      auto compiled = std::make_unique<Target>();
      compiled->definition = &target;
      compiled->row_slots = physical_.row_slots[t];
      compiled->locator_slot = physical_.locator_slots[t];
      for (const ColumnAssignment& assignment : target.assignments) {
        MAHI_ASSIGN_OR_RETURN(EvaluatorPtr value, CompileOptional(runtime_, assignment.value));
        compiled->values.push_back(std::move(value));
      }
      compiled->maker = std::make_unique<RowMaker>(runtime_, target.table, update_.ignore);
      MAHI_RETURN_IF_ERROR(compiled->maker->Compile(target.expressions));
      compiled->is_sequential = !update_.is_multi_table && DependsOnEarlier(target, compiled->row_slots);
      targets_.push_back(std::move(compiled));
    }
    return Status::Ok();
  }

  Status OpenImpl() override {
    is_done_ = false;
    for (auto& target : targets_) {
      target->seen.clear();
      MAHI_ASSIGN_OR_RETURN(target->writer, TableWriter::Open(runtime_.tables.get(), target->definition->table));
    }
    return source_->Open();
  }

  Result<Batch*> NextImpl() override {
    while (!is_done_) {
      MAHI_ASSIGN_OR_RETURN(Batch* batch, source_->Next());
      if (batch == nullptr) {
        is_done_ = true;
        break;
      }
      MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      MAHI_RETURN_IF_ERROR(UpdateBatch(*batch));
    }
    return nullptr;
  }

 private:
  struct Target {
    const UpdateTarget* definition = nullptr;
    std::vector<uint32_t> row_slots;
    uint32_t locator_slot = 0;
    std::vector<EvaluatorPtr> values;
    std::vector<const Vector*> results;
    std::unique_ptr<RowMaker> maker;
    std::unique_ptr<TableWriter> writer;
    bool is_sequential = false;
    std::unordered_set<std::string> seen;  // locators, multi-table only
  };

  static bool Reads(const Expression* expression, const std::vector<uint32_t>& slots) {
    if (const auto* column = TryAs<ColumnExpression>(expression)) {
      return std::find(slots.begin(), slots.end(), static_cast<uint32_t>(column->slot)) != slots.end();
    }
    bool found = false;
    ForEachChild(const_cast<Expression*>(expression),
                 [&](Expression*& child) { found = found || Reads(child, slots); });
    return found;
  }

  // Whether an assignment reads a column that an earlier one sets.
  static bool DependsOnEarlier(const UpdateTarget& target, const std::vector<uint32_t>& row_slots) {
    std::vector<uint32_t> assigned;
    for (const ColumnAssignment& assignment : target.assignments) {
      if (assignment.value != nullptr && Reads(assignment.value, assigned)) return true;
      assigned.push_back(row_slots[assignment.ordinal]);
    }
    return false;
  }

  Status UpdateBatch(const Batch& batch) {
    Selection rows = batch.rows();
    for (auto& target : targets_) {
      if (target->is_sequential) continue;
      target->results.clear();
      for (const EvaluatorPtr& value : target->values) {
        if (value == nullptr) {
          target->results.push_back(nullptr);
          continue;
        }
        MAHI_ASSIGN_OR_RETURN(const Vector* result, value->Evaluate(batch, rows));
        target->results.push_back(result);
      }
    }
    for (uint32_t i = 0; i < rows.count; ++i) {
      if ((i & 63) == 0) MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      ++runtime_.row_number;
      for (auto& target : targets_) {
        bool skipped = false;
        MAHI_RETURN_IF_ERROR(
            IgnoreRowError(runtime_, update_.ignore, UpdateRow(*target, batch, rows[i]), &skipped));
      }
    }
    return Status::Ok();
  }

  Status UpdateRow(Target& target, const Batch& batch, uint32_t row) {
    const Vector& locators = batch.column(target.locator_slot);
    if (locators.IsNull(row)) return Status::Ok();  // the NULL row of an outer join
    if (update_.is_multi_table && !target.seen.emplace(locators.String(row)).second) return Status::Ok();
    ReadRow(batch, row, target.row_slots, &old_row_);
    ++runtime_.result.matched_rows;
    target.maker->StartFrom(old_row_);
    if (target.is_sequential) {
      MAHI_RETURN_IF_ERROR(AssignInOrder(target, batch, row));
    } else {
      for (size_t i = 0; i < target.values.size(); ++i) {
        MAHI_RETURN_IF_ERROR(Assign(target, i, target.results[i], row));
      }
    }
    uint64_t row_number = runtime_.row_number;
    MAHI_RETURN_IF_ERROR(target.maker->ComputeDefaults(row_number));
    MAHI_RETURN_IF_ERROR(target.maker->ComputeGenerated(row_number));
    if (RowMaker::AreIdentical(old_row_, target.maker->row())) return target.maker->Check();
    target.maker->ApplyOnUpdate();
    MAHI_RETURN_IF_ERROR(target.maker->ComputeGenerated(row_number));
    MAHI_RETURN_IF_ERROR(target.maker->Check());
    locator_ = locators.String(row);
    DuplicateRow duplicate;
    MAHI_ASSIGN_OR_RETURN(bool updated, target.writer->TryUpdate(locator_, old_row_, target.maker->row(), &duplicate));
    if (!updated) return target.writer->DuplicateError(duplicate);
    ++runtime_.result.affected_rows;
    return Status::Ok();
  }

  Status Assign(Target& target, size_t i, const Vector* value, uint32_t row) {
    uint32_t ordinal = target.definition->assignments[i].ordinal;
    if (value == nullptr) return target.maker->AssignDefault(ordinal, runtime_.row_number);
    Datum datum = value->IsNull(row) ? Datum::Null() : value->GetDatum(row);
    return target.maker->Assign(ordinal, datum, value->type(), runtime_.row_number, false);
  }

  // The row on its own, whose slots are overwritten as the assignments go.
  Status AssignInOrder(Target& target, const Batch& batch, uint32_t row) {
    if (single_.column_count() == 0) single_ = Batch(source_->types(), 1);
    single_.Reset();
    uint16_t position = static_cast<uint16_t>(row);
    for (size_t i = 0; i < batch.column_count(); ++i) {
      single_.column(i).CopyRows(batch.column(i), Selection{&position, 1}, 0);
    }
    single_.set_row_count(1);
    for (size_t i = 0; i < target.values.size(); ++i) {
      const Vector* value = nullptr;
      if (target.values[i] != nullptr) {
        MAHI_ASSIGN_OR_RETURN(value, target.values[i]->Evaluate(single_, Selection::All(1)));
      }
      MAHI_RETURN_IF_ERROR(Assign(target, i, value, 0));
      uint32_t ordinal = target.definition->assignments[i].ordinal;
      Vector& slot = single_.column(target.row_slots[ordinal]);
      const Datum& stored = target.maker->row()[ordinal];
      slot.Reset();
      if (stored.is_null) {
        slot.SetNull(0);
      } else {
        slot.SetDatum(0, stored);
      }
    }
    return Status::Ok();
  }

  const PhysicalUpdate& physical_;
  const UpdateNode& update_;
  DmlScope scope_;
  std::unique_ptr<ChangeSource> source_;
  std::vector<std::unique_ptr<Target>> targets_;
  std::vector<Datum> old_row_;
  std::string locator_;
  Batch single_;
  bool is_done_ = false;
};

}  // namespace

Result<OperatorPtr> MakeUpdate(Runtime& runtime, const PhysicalUpdate& node) {
  auto update = std::make_unique<UpdateOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(update->Compile());
  return OperatorPtr(std::move(update));
}

}  // namespace mahi
