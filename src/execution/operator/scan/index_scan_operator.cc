// IndexScan: ranges of an index whose bounds are evaluated when the scan is opened.
#include "execution/operator/factories.h"
#include "execution/operator/scan/table_read.h"

namespace mahi {

namespace {

class IndexScanOperator : public TableReadOperator {
 public:
  IndexScanOperator(Runtime& runtime, const PhysicalIndexScan& node)
      : TableReadOperator(runtime, node), scan_node_(node), ranges_(node.ranges.size()) {}

  Status Compile() {
    MAHI_RETURN_IF_ERROR(Prepare());
    for (size_t i = 0; i < ranges_.size(); ++i) {
      MAHI_RETURN_IF_ERROR(ranges_[i].Compile(runtime_, *scan_node_.table, scan_node_.table->indexes[scan_node_.index],
                                              scan_node_.ranges[i]));
    }
    MAHI_ASSIGN_OR_RETURN(index_filter_, CompileFilter(runtime_, scan_node_.index_filter));
    return Status::Ok();
  }

 protected:
  Result<bool> MakeSpec(ScanSpec* spec) override {
    spec->index = scan_node_.index;
    spec->is_reverse = scan_node_.is_reverse;
    spec->index_filter = index_filter_.get();
    for (RangeEvaluator& evaluator : ranges_) {
      IndexRange range;
      MAHI_ASSIGN_OR_RETURN(bool has_rows, evaluator.Evaluate(SingleRowInput(), 0, &range));
      if (has_rows) spec->ranges.push_back(std::move(range));
    }
    return ranges_.empty() || !spec->ranges.empty();
  }

 private:
  const PhysicalIndexScan& scan_node_;
  std::vector<RangeEvaluator> ranges_;
  std::unique_ptr<EvaluatorFilter> index_filter_;
};

}  // namespace

Result<OperatorPtr> MakeIndexScan(Runtime& runtime, const PhysicalIndexScan& node) {
  auto scan = std::make_unique<IndexScanOperator>(runtime, node);
  MAHI_RETURN_IF_ERROR(scan->Compile());
  return OperatorPtr(std::move(scan));
}

}  // namespace mahi
