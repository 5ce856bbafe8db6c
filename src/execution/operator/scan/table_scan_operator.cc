// TableScan: all rows of a table in the order of its row index.
#include "execution/operator/factories.h"
#include "execution/operator/scan/table_read.h"

namespace mahi {

namespace {

class TableScanOperator : public TableReadOperator {
 public:
  TableScanOperator(Runtime& runtime, const PhysicalTableScan& node)
      : TableReadOperator(runtime, node), scan_node_(node) {}

 protected:
  Result<bool> MakeSpec(ScanSpec* spec) override {
    spec->is_reverse = scan_node_.is_reverse;
    return true;
  }

 private:
  const PhysicalTableScan& scan_node_;
};

}  // namespace

Result<OperatorPtr> MakeTableScan(Runtime& runtime, const PhysicalTableScan& node) {
  auto scan = std::make_unique<TableScanOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(scan->Prepare());
  return OperatorPtr(std::move(scan));
}

}  // namespace mahi
