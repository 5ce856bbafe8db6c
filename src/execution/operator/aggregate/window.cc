// Window: functions over partitions and frames. The input is sorted by partition and order keys.
//
// Rows are copied into chunks of a full batch, with the functions' arguments and the order key in sort form beside them.
// When a partition is complete each function writes its results into its rows' chunks; a chunk is put out when all of its
// rows have their results.
//
// Aggregates over a moving frame add the rows that enter it and, where the function can, take out those that leave; else
// they start over.
// Source: MySQL 8.4 manual, "Window Function Frame Specification".
#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>

#include "execution/memory/key_encoder.h"
#include "execution/memory/key_table.h"
#include "execution/memory/memory_tracker.h"
#include "execution/operator/factories.h"
#include "types/conversion.h"
#include "types/temporal.h"

namespace mahi {

namespace {

struct Chunk {
  Batch input, arguments, results;
  std::vector<std::string_view> order_keys;
  Batch order_values;  // of the single key of a RANGE frame with an offset
  RowArena arena;
  uint32_t count = 0;
};

// Positions 0, 1, 2, ...: any run of them is the selection of a range of rows.
struct Iota {
  uint16_t positions[kBatchRows];
  Iota() {
    for (uint32_t i = 0; i < kBatchRows; ++i) positions[i] = static_cast<uint16_t>(i);
  }
};

enum class Pure {
  kRowNumber, kRank, kDenseRank, kPercentRank, kCumeDist, kNtile, kLag, kLead, kFirstValue, kLastValue, kNthValue,
};

Result<Pure> PureOf(std::string_view name) {
  constexpr std::pair<std::string_view, Pure> kNames[] = {
      {"row_number", Pure::kRowNumber},     {"rank", Pure::kRank},
      {"dense_rank", Pure::kDenseRank},     {"percent_rank", Pure::kPercentRank},
      {"cume_dist", Pure::kCumeDist},       {"ntile", Pure::kNtile},
      {"lag", Pure::kLag},                  {"lead", Pure::kLead},
      {"first_value", Pure::kFirstValue},   {"last_value", Pure::kLastValue},
      {"nth_value", Pure::kNthValue},
  };
  for (const auto& [known, pure] : kNames) {
    if (known == name) return pure;
  }
  return Error(ER_NOT_SUPPORTED_YET, name);
}

class WindowOperator : public Operator {
 public:
  WindowOperator(Runtime& runtime, const PhysicalWindow& node, OperatorPtr child)
      : Operator(runtime, node), window_(node), child_(std::move(child)), memory_(runtime.memory) {}
  ~WindowOperator() override { ClearStates(); }

  Status Compile() {
    MAHI_ASSERT(!window_.functions.empty());
    specification_ = window_.functions[0]->window;
    if (specification_ != nullptr) {
      MAHI_ASSIGN_OR_RETURN(partition_, CompileExpressions(runtime_, specification_->partition_by));
      for (const SortKey& key : specification_->order_by) {
        MAHI_ASSIGN_OR_RETURN(EvaluatorPtr order, CompileExpression(runtime_, key.expression));
        order_.push_back(std::move(order));
        is_descending_.push_back(key.is_descending);
      }
      bool has_offset = specification_->start.offset != nullptr || specification_->end.offset != nullptr;
      needs_values_ = specification_->unit == FrameUnit::kRange && has_offset && order_.size() == 1;
    }
    for (const WindowExpression* expression : window_.functions) {
      Function function;
      function.expression = expression;
      function.first_argument = argument_types_.size();
      MAHI_ASSIGN_OR_RETURN(function.arguments, CompileExpressions(runtime_, expression->arguments));
      for (const EvaluatorPtr& argument : function.arguments) argument_types_.push_back(argument->type());
      if (expression->aggregate == nullptr) {
        MAHI_ASSIGN_OR_RETURN(function.pure, PureOf(expression->function_name));
      } else {
        function.state.reset(new (std::align_val_t(16)) char[std::max<size_t>(expression->signature.state_bytes, 16)]);
      }
      result_types_.push_back(expression->type);
      functions_.push_back(std::move(function));
    }
    for (size_t i = 0; i < node_.types.size(); ++i) output_.columns().emplace_back(node_.types[i], 1);
    return Status::Ok();
  }

  Status OpenImpl() override {
    for (Vector& column : output_.columns()) column.Release();
    chunks_.clear();
    first_chunk_ = 0;
    total_ = computed_ = partition_start_ = 0;
    is_at_end_ = false;
    has_partition_ = false;
    MAHI_RETURN_IF_ERROR(EvaluateOffset(specification_ != nullptr ? specification_->start.offset : nullptr, &start_));
    MAHI_RETURN_IF_ERROR(EvaluateOffset(specification_ != nullptr ? specification_->end.offset : nullptr, &end_));
    return child_->Open();
  }

  Result<Batch*> NextImpl() override {
    for (Vector& column : output_.columns()) column.Release();
    while (true) {
      if (!chunks_.empty()) {
        Chunk& front = *chunks_.front();
        uint64_t begin = first_chunk_ * kBatchRows;
        if (front.count > 0 && computed_ >= begin + front.count && (front.count == kBatchRows || is_at_end_)) {
          return Emit();
        }
      }
      if (is_at_end_) return nullptr;
      MAHI_RETURN_IF_ERROR(Load());
    }
  }

 private:
  struct AlignedDelete {
    void operator()(char* memory) const { ::operator delete[](memory, std::align_val_t(16)); }
  };
  struct Function {
    const WindowExpression* expression = nullptr;
    Pure pure = Pure::kRowNumber;
    size_t first_argument = 0;
    std::vector<EvaluatorPtr> arguments;
    std::unique_ptr<char, AlignedDelete> state;
    bool is_live = false;
  };
  struct Frame {
    uint64_t begin, end;
  };

  void ClearStates() {
    for (Function& function : functions_) DestroyState(&function);
  }
  void DestroyState(Function* function) {
    if (function->is_live && function->expression->signature.destroy != nullptr) {
      function->expression->signature.destroy(function->state.get());
    }
    function->is_live = false;
  }

  Status EvaluateOffset(const Expression* offset, Value* value) {
    *value = Value();
    if (offset == nullptr) return Status::Ok();
    MAHI_ASSIGN_OR_RETURN(*value, EvaluateConstant(runtime_, offset));
    bool is_bad = value->is_null() || (value->kind() == PhysicalType::kInt64 && value->int64() < 0) ||
                  (value->kind() == PhysicalType::kDouble && value->real() < 0) ||
                  (value->kind() == PhysicalType::kDecimal && value->decimal().is_negative());
    if (!is_bad) return Status::Ok();
    return Error(ER_WINDOW_FRAME_ILLEGAL,
                 specification_->name.empty() ? std::string_view("<unnamed window>") : specification_->name);
  }

  // --- Rows.

  Chunk& ChunkOf(uint64_t row) { return *chunks_[row / kBatchRows - first_chunk_]; }
  static uint32_t PositionOf(uint64_t row) { return static_cast<uint32_t>(row % kBatchRows); }
  std::string_view OrderKey(uint64_t row) { return ChunkOf(row).order_keys[PositionOf(row)]; }

  Status Load() {
    MAHI_ASSIGN_OR_RETURN(Batch* batch, child_->Next());
    if (batch == nullptr) {
      is_at_end_ = true;
      return ComputePartition(total_);
    }
    Selection rows = batch->rows();
    std::vector<const Vector*> partition, order, arguments;
    MAHI_RETURN_IF_ERROR(EvaluateAll(partition_, *batch, &partition));
    MAHI_RETURN_IF_ERROR(EvaluateAll(order_, *batch, &order));
    for (Function& function : functions_) MAHI_RETURN_IF_ERROR(EvaluateAll(function.arguments, *batch, &arguments));
    for (uint32_t done = 0; done < rows.count;) {
      if (chunks_.empty() || chunks_.back()->count == kBatchRows) AddChunk(order);
      Chunk& chunk = *chunks_.back();
      uint32_t count = std::min(rows.count - done, kBatchRows - chunk.count);
      SelectionBuffer part;
      for (uint32_t i = 0; i < count; ++i) part.Append(rows[done + i]);
      for (size_t c = 0; c < batch->column_count(); ++c) {
        chunk.input.column(c).CopyRows(batch->column(c), part.View(), chunk.count);
      }
      for (size_t c = 0; c < arguments.size(); ++c) {
        chunk.arguments.column(c).CopyRows(*arguments[c], part.View(), chunk.count);
      }
      if (needs_values_) chunk.order_values.column(0).CopyRows(*order[0], part.View(), chunk.count);
      for (uint32_t i = 0; i < count; ++i) {
        uint32_t row = part.positions[i];
        key_.clear();
        for (size_t k = 0; k < order.size(); ++k) AppendSortKey(*order[k], row, is_descending_[k], &key_);
        char* copy = chunk.arena.Allocate(key_.size());
        std::memcpy(copy, key_.data(), key_.size());
        chunk.order_keys.push_back({copy, key_.size()});
        ++chunk.count;
        key_.clear();
        for (const Vector* value : partition) AppendEqualityKey(*value, row, &key_);
        if (has_partition_ && key_ != partition_key_) MAHI_RETURN_IF_ERROR(ComputePartition(total_));
        has_partition_ = true;
        partition_key_ = key_;
        ++total_;
      }
      done += count;
    }
    size_t bytes = 0;
    for (const auto& chunk : chunks_) bytes += MemoryOf(*chunk);
    memory_.Set(bytes);
    return Status::Ok();
  }

  static size_t MemoryOf(const Chunk& chunk) {
    size_t bytes = chunk.arena.allocated_bytes();
    for (size_t i = 0; i < chunk.input.column_count(); ++i) bytes += chunk.input.column(i).memory_bytes();
    return bytes;
  }

  static Status EvaluateAll(const std::vector<EvaluatorPtr>& evaluators, const Batch& batch,
                            std::vector<const Vector*>* values) {
    for (const EvaluatorPtr& evaluator : evaluators) {
      MAHI_ASSIGN_OR_RETURN(const Vector* value, evaluator->Evaluate(batch, batch.rows()));
      values->push_back(value);
    }
    return Status::Ok();
  }

  void AddChunk(const std::vector<const Vector*>& order) {
    auto chunk = std::make_unique<Chunk>();
    chunk->input = Batch(child_->types());
    chunk->arguments = Batch(argument_types_);
    chunk->results = Batch(result_types_);
    if (needs_values_) chunk->order_values = Batch({order[0]->type()});
    chunks_.push_back(std::move(chunk));
  }

  Result<Batch*> Emit() {
    current_ = std::move(chunks_.front());
    chunks_.pop_front();
    ++first_chunk_;
    size_t width = current_->input.column_count();
    for (size_t i = 0; i < width; ++i) output_.column(i).Reference(current_->input.column(i));
    for (size_t i = 0; i < functions_.size(); ++i) output_.column(width + i).Reference(current_->results.column(i));
    output_.ClearSelection();
    output_.set_row_count(current_->count);
    return &output_;
  }

  // --- Computation of the partition [partition_start_, end).

  Status ComputePartition(uint64_t end) {
    uint64_t begin = partition_start_;
    if (begin == end) return Status::Ok();
    MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
    FindPeers(begin, end);
    for (size_t i = 0; i < functions_.size(); ++i) {
      MAHI_RETURN_IF_ERROR(functions_[i].expression->aggregate != nullptr ? ComputeAggregate(i, begin, end)
                                                                         : ComputePure(i, begin, end));
    }
    partition_start_ = end;
    computed_ = end;
    return Status::Ok();
  }

  // peers_[k]: first row of the k-th group of equal order keys; one more entry for the end.
  void FindPeers(uint64_t begin, uint64_t end) {
    peers_.clear();
    for (uint64_t row = begin; row < end; ++row) {
      if (row == begin || OrderKey(row) != OrderKey(row - 1)) peers_.push_back(row);
    }
    peers_.push_back(end);
  }

  void SetResult(size_t function, uint64_t row, const Vector& from, uint32_t position) {
    Vector& to = ChunkOf(row).results.column(function);
    if (from.IsNull(position)) {
      to.SetNull(PositionOf(row));
    } else {
      to.SetDatum(PositionOf(row), from.GetDatum(position));
    }
  }
  const Vector& Argument(const Function& function, size_t i, uint64_t row) {
    return ChunkOf(row).arguments.column(function.first_argument + i);
  }
  void SetArgument(size_t f, uint64_t row, size_t argument, uint64_t from) {
    SetResult(f, row, Argument(functions_[f], argument, from), PositionOf(from));
  }

  Status ComputePure(size_t f, uint64_t begin, uint64_t end) {
    Function& function = functions_[f];
    uint64_t size = end - begin;
    size_t group = 0;
    for (uint64_t row = begin; row < end; ++row) {
      if (((row - begin) & 1023) == 1023) MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
      if (row >= peers_[group + 1]) ++group;
      Vector& result = ChunkOf(row).results.column(f);
      uint32_t position = PositionOf(row);
      uint64_t rank = peers_[group] - begin + 1;
      switch (function.pure) {
        case Pure::kRowNumber:
          result.SetUInt64(position, row - begin + 1);
          break;
        case Pure::kRank:
          result.SetUInt64(position, rank);
          break;
        case Pure::kDenseRank:
          result.SetUInt64(position, group + 1);
          break;
        case Pure::kPercentRank:
          result.SetDouble(position, size == 1 ? 0 : static_cast<double>(rank - 1) / static_cast<double>(size - 1));
          break;
        case Pure::kCumeDist:
          result.SetDouble(position, static_cast<double>(peers_[group + 1] - begin) / static_cast<double>(size));
          break;
        case Pure::kNtile: {
          const Vector& buckets = Argument(function, 0, row);
          if (buckets.IsNull(position)) {
            result.SetNull(position);
            break;
          }
          int64_t count = buckets.Int64(position);
          if (count <= 0) return Error(ER_WRONG_ARGUMENTS, "ntile");
          result.SetUInt64(position, Ntile(row - begin, size, static_cast<uint64_t>(count)));
          break;
        }
        case Pure::kLag:
        case Pure::kLead:
          MAHI_RETURN_IF_ERROR(Shift(f, row, begin, end));
          break;
        case Pure::kFirstValue:
        case Pure::kLastValue:
        case Pure::kNthValue: {
          MAHI_ASSIGN_OR_RETURN(Frame frame, FrameOf(row, begin, end, group));
          uint64_t offset = 0;
          if (function.pure == Pure::kNthValue) {
            const Vector& n = Argument(function, 1, row);
            if (n.IsNull(position) || n.Int64(position) <= 0) return Error(ER_WRONG_ARGUMENTS, "nth_value");
            offset = static_cast<uint64_t>(n.Int64(position)) - 1;
          }
          if (frame.begin >= frame.end || offset >= frame.end - frame.begin) {
            result.SetNull(position);
          } else {
            SetArgument(f, row, 0,
                        function.pure == Pure::kLastValue ? frame.end - 1 : frame.begin + offset);
          }
          break;
        }
      }
    }
    return Status::Ok();
  }

  static uint64_t Ntile(uint64_t row, uint64_t size, uint64_t buckets) {
    uint64_t small = size / buckets, larger = size % buckets;  // so many buckets have one row more
    if (row < larger * (small + 1)) return row / (small + 1) + 1;
    return larger + (row - larger * (small + 1)) / small + 1;
  }

  Status Shift(size_t f, uint64_t row, uint64_t begin, uint64_t end) {
    const Function& function = functions_[f];
    int64_t offset = 1;
    if (function.arguments.size() > 1) {
      const Vector& shift = Argument(function, 1, row);
      if (shift.IsNull(PositionOf(row)) || shift.Int64(PositionOf(row)) < 0) {
        return Error(ER_WRONG_ARGUMENTS, function.expression->function_name);
      }
      offset = shift.Int64(PositionOf(row));
    }
    uint64_t distance = static_cast<uint64_t>(offset);
    bool is_lag = function.pure == Pure::kLag;
    bool is_inside = is_lag ? row - begin >= distance : end - 1 - row >= distance;
    if (is_inside) {
      SetArgument(f, row, 0, is_lag ? row - distance : row + distance);
    } else if (function.arguments.size() > 2) {
      SetArgument(f, row, 2, row);
    } else {
      ChunkOf(row).results.column(f).SetNull(PositionOf(row));
    }
    return Status::Ok();
  }

  // --- Frames.

  Result<Frame> FrameOf(uint64_t row, uint64_t begin, uint64_t end, size_t group) {
    if (specification_ == nullptr) return Frame{begin, end};
    const FrameBound& from = specification_->start;
    const FrameBound& to = specification_->end;
    bool is_rows = specification_->unit == FrameUnit::kRows;
    Frame frame{begin, end};
    switch (from.kind) {
      case FrameBoundKind::kUnboundedPreceding:
        break;
      case FrameBoundKind::kCurrentRow:
        frame.begin = is_rows ? row : peers_[group];
        break;
      case FrameBoundKind::kPreceding:
      case FrameBoundKind::kFollowing: {
        bool is_preceding = from.kind == FrameBoundKind::kPreceding;
        if (is_rows) {
          uint64_t distance = RowDistance(start_);
          frame.begin = is_preceding ? (row - begin > distance ? row - distance : begin)
                                     : (end - row > distance ? row + distance : end);
        } else {
          MAHI_ASSIGN_OR_RETURN(frame.begin, RangeBound(row, begin, end, group, start_, from, is_preceding, true));
        }
        break;
      }
      case FrameBoundKind::kUnboundedFollowing:
        frame.begin = end;
        break;
    }
    switch (to.kind) {
      case FrameBoundKind::kUnboundedPreceding:
        frame.end = begin;
        break;
      case FrameBoundKind::kCurrentRow:
        frame.end = is_rows ? row + 1 : peers_[group + 1];
        break;
      case FrameBoundKind::kPreceding:
      case FrameBoundKind::kFollowing: {
        bool is_preceding = to.kind == FrameBoundKind::kPreceding;
        if (is_rows) {
          uint64_t distance = RowDistance(end_);
          frame.end = is_preceding ? (row - begin >= distance ? row - distance + 1 : begin)
                                   : (end - row > distance ? row + distance + 1 : end);
        } else {
          MAHI_ASSIGN_OR_RETURN(frame.end, RangeBound(row, begin, end, group, end_, to, is_preceding, false));
        }
        break;
      }
      case FrameBoundKind::kUnboundedFollowing:
        break;
    }
    if (frame.end < frame.begin) frame.end = frame.begin;
    return frame;
  }

  static uint64_t RowDistance(const Value& offset) {
    if (offset.kind() == PhysicalType::kUInt64) return offset.uint64();
    return offset.kind() == PhysicalType::kInt64 ? static_cast<uint64_t>(offset.int64()) : 0;
  }

  // The place of key -/+ offset in the partition: its first row not before it (starts), or the first after it (ends).
  Result<uint64_t> RangeBound(uint64_t row, uint64_t begin, uint64_t end, size_t group, const Value& offset,
                              const FrameBound& bound, bool is_preceding, bool is_start) {
    const Vector& values = ChunkOf(row).order_values.column(0);
    uint32_t position = PositionOf(row);
    if (values.IsNull(position)) return is_start ? peers_[group] : peers_[group + 1];
    const bool is_descending = is_descending_[0];
    // Preceding rows have smaller keys, unless the order is descending.
    bool subtracts = is_preceding != is_descending;
    Vector shifted(values.type(), 1);
    bool is_beyond = false;
    MAHI_RETURN_IF_ERROR(ShiftKey(values, position, offset, bound, subtracts, &shifted, &is_beyond));
    // No key lies that far.
    if (is_beyond) return is_preceding ? FirstNotNull(begin, end) : end;
    std::string key;
    AppendSortKey(shifted, 0, is_descending, &key);
    uint64_t low = begin, high = end;
    while (low < high) {
      uint64_t middle = low + (high - low) / 2;
      int order = OrderKey(middle).compare(key);
      if (is_start ? order < 0 : order <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  // A frame that starts before all keys still leaves out NULLs, which come first in ascending order.
  uint64_t FirstNotNull(uint64_t begin, uint64_t end) {
    for (uint64_t row = begin; row < end; ++row) {
      if (!ChunkOf(row).order_values.column(0).IsNull(PositionOf(row))) return row;
    }
    return end;
  }

  Status ShiftKey(const Vector& values, uint32_t position, const Value& offset, const FrameBound& bound,
                  bool subtracts, Vector* shifted, bool* is_beyond) {
    switch (values.physical()) {
      case PhysicalType::kInt64:
      case PhysicalType::kUInt64: {
        bool is_unsigned = values.physical() == PhysicalType::kUInt64;
        __int128 key = is_unsigned ? static_cast<__int128>(values.UInt64(position))
                                   : static_cast<__int128>(values.Int64(position));
        __int128 distance;
        if (offset.kind() == PhysicalType::kInt64) {
          distance = offset.int64();
        } else if (offset.kind() == PhysicalType::kUInt64) {
          distance = offset.uint64();
        } else {
          ConversionReport report;
          double real = DatumToDouble(offset.datum(), offset.NaturalType(), &report);
          // No integer lies between key -/+ 0.5 and the next one inwards.
          double whole = std::floor(real);
          distance = whole > 1e18 ? static_cast<__int128>(1) << 65 : static_cast<__int128>(whole);
        }
        __int128 moved = subtracts ? key - distance : key + distance;
        __int128 least = is_unsigned ? 0 : static_cast<__int128>(INT64_MIN);
        __int128 greatest = is_unsigned ? static_cast<__int128>(UINT64_MAX) : static_cast<__int128>(INT64_MAX);
        *is_beyond = moved < least || moved > greatest;
        if (!*is_beyond) shifted->SetInt64(0, static_cast<int64_t>(moved));
        return Status::Ok();
      }
      case PhysicalType::kDouble: {
        ConversionReport report;
        double distance = DatumToDouble(offset.datum(), offset.NaturalType(), &report);
        double key = values.Double(position);
        shifted->SetDouble(0, subtracts ? key - distance : key + distance);
        return Status::Ok();
      }
      case PhysicalType::kDecimal: {
        ConversionReport report;
        Decimal distance = DatumToDecimal(offset.datum(), offset.NaturalType(), &report);
        Decimal moved;
        DecimalStatus status = subtracts ? Decimal::Subtract(values.DecimalAt(position), distance, &moved)
                                         : Decimal::Add(values.DecimalAt(position), distance, &moved);
        *is_beyond = status == DecimalStatus::kOverflow;
        shifted->SetDecimal(0, moved);
        return Status::Ok();
      }
      case PhysicalType::kTemporal: {
        IntervalUnit unit = IntervalUnit::kDay;
        for (int i = 0; i <= static_cast<int>(IntervalUnit::kYearMonth); ++i) {
          if (EqualIgnoreAsciiCase(IntervalUnitName(static_cast<IntervalUnit>(i)), bound.interval_unit)) {
            unit = static_cast<IntervalUnit>(i);
          }
        }
        Interval interval;
        if (offset.kind() == PhysicalType::kInt64) {
          interval = MakeInterval(offset.int64(), 0, unit);
        } else {
          interval = ParseInterval(DatumToText(offset.datum(), offset.NaturalType()), unit);
        }
        int64_t moved = 0;
        int64_t key = values.Int64(position);
        bool is_time = values.type().id == TypeId::kTime;
        bool ok = is_time ? AddIntervalToTime(key, interval, subtracts, &moved)
                          : AddInterval(key, interval, subtracts, &moved);
        *is_beyond = !ok || interval.is_overflow;
        shifted->SetInt64(0, moved);
        return Status::Ok();
      }
      case PhysicalType::kString:
      case PhysicalType::kJson:
        break;
    }
    return Error(ER_WINDOW_RANGE_FRAME_ORDER_TYPE, specification_->name);
  }

  // --- Aggregates.

  Status Feed(Function* function, uint64_t begin, uint64_t end, bool removes) {
    static const Iota iota;
    const AggregateSignature& signature = function->expression->signature;
    std::vector<const Vector*> arguments(function->arguments.size());
    while (begin < end) {
      uint32_t position = PositionOf(begin);
      uint32_t count = static_cast<uint32_t>(std::min<uint64_t>(end - begin, kBatchRows - position));
      for (size_t i = 0; i < arguments.size(); ++i) arguments[i] = &Argument(*function, i, begin);
      states_.assign(kBatchRows, function->state.get());
      AggregateCall call{evaluation(), arguments, Selection{iota.positions + position, count}, states_.data(),
                         function->expression->options};
      MAHI_RETURN_IF_ERROR(removes ? signature.remove(call) : signature.update(call));
      begin += count;
    }
    return Status::Ok();
  }

  void StartState(Function* function) {
    DestroyState(function);
    function->expression->signature.initialize(function->state.get());
    function->is_live = true;
  }

  Status ComputeAggregate(size_t f, uint64_t begin, uint64_t end) {
    Function& function = functions_[f];
    const AggregateSignature& signature = function.expression->signature;
    StartState(&function);
    Frame held{begin, begin};
    Vector value(function.expression->type, 1);
    bool is_value_fresh = false;
    size_t group = 0;
    uint64_t steps = 0;
    for (uint64_t row = begin; row < end; ++row) {
      if (row >= peers_[group + 1]) ++group;
      MAHI_ASSIGN_OR_RETURN(Frame frame, FrameOf(row, begin, end, group));
      if (frame.begin != held.begin || frame.end != held.end) {
        is_value_fresh = false;
        bool grows = frame.begin == held.begin && frame.end >= held.end;
        bool slides = !grows && signature.remove != nullptr && frame.begin >= held.begin &&
                      frame.end >= held.end && frame.begin <= held.end;
        if (slides) {
          MAHI_RETURN_IF_ERROR(Feed(&function, held.begin, frame.begin, true));
        } else if (!grows) {
          StartState(&function);
          held = {frame.begin, frame.begin};
        }
        MAHI_RETURN_IF_ERROR(Feed(&function, held.end, frame.end, false));
        steps += frame.end - held.end + 1;
        held = frame;
        if (steps > 4096) {
          steps = 0;
          MAHI_RETURN_IF_ERROR(runtime_.CheckKilled());
        }
      }
      if (!is_value_fresh) {
        value.Reset();
        void* state = function.state.get();
        MAHI_RETURN_IF_ERROR(
            signature.finalize(evaluation(), &state, 1, function.expression->options, &value));
        is_value_fresh = true;
      }
      SetResult(f, row, value, 0);
    }
    DestroyState(&function);
    return Status::Ok();
  }

  const PhysicalWindow& window_;
  const WindowSpecification* specification_ = nullptr;
  OperatorPtr child_;
  MemoryUse memory_;
  std::vector<EvaluatorPtr> partition_, order_;
  std::vector<bool> is_descending_;
  std::vector<Function> functions_;
  std::vector<SqlType> argument_types_, result_types_;
  bool needs_values_ = false;
  Value start_, end_;  // the frame's offsets

  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::unique_ptr<Chunk> current_;  // put out
  uint64_t first_chunk_ = 0;        // number of chunks_.front()
  uint64_t total_ = 0;              // rows read
  uint64_t computed_ = 0;           // rows with results
  uint64_t partition_start_ = 0;
  bool is_at_end_ = false;
  bool has_partition_ = false;
  std::string key_, partition_key_;
  std::vector<uint64_t> peers_;
  std::vector<void*> states_;
  Batch output_;
};

}  // namespace

Result<OperatorPtr> MakeWindow(Runtime& runtime, const PhysicalWindow& node) {
  MAHI_ASSIGN_OR_RETURN(OperatorPtr child, BuildOperator(runtime, node.children[0]));
  auto window = std::make_unique<WindowOperator>(runtime, node, std::move(child));
  MAHI_RETURN_IF_ERROR(window->Compile());
  return OperatorPtr(std::move(window));
}

}  // namespace mahi
