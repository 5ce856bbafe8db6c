#include "function/registry.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "function/family.h"

namespace mahi {

namespace {

// Descriptors of one kind, ordered by name.
template <typename Descriptor>
class Table {
 public:
  explicit Table(std::initializer_list<std::span<const Descriptor>> families) {
    for (std::span<const Descriptor> family : families) {
      for (const Descriptor& descriptor : family) all_.push_back(&descriptor);
    }
    std::sort(all_.begin(), all_.end(),
              [](const Descriptor* a, const Descriptor* b) { return a->name < b->name; });
    for (size_t i = 1; i < all_.size(); ++i) MAHI_ASSERT(all_[i - 1]->name != all_[i]->name);
  }

  const Descriptor* Find(std::string_view name) const {
    std::array<char, 64> lower;
    if (name.size() > lower.size()) return nullptr;
    std::transform(name.begin(), name.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    std::string_view wanted(lower.data(), name.size());
    auto it = std::lower_bound(all_.begin(), all_.end(), wanted,
                               [](const Descriptor* d, std::string_view text) { return d->name < text; });
    return it != all_.end() && (*it)->name == wanted ? *it : nullptr;
  }
  std::span<const Descriptor* const> all() const { return all_; }

 private:
  std::vector<const Descriptor*> all_;
};

const Table<FunctionDescriptor>& Functions() {
  static const Table<FunctionDescriptor> table{
      ArithmeticFunctions(), BitFunctions(),    MathFunctions(),          RoundingFunctions(),
      ComparisonFunctions(), LikeFunctions(),   RegexpFunctions(),        ControlFunctions(),
      CastFunctions(),       StringFunctions(), CryptoFunctions(),        InfoFunctions(),
      InetFunctions(),       UuidFunctions(),   MiscellaneousFunctions(), NowFunctions(),
      TemporalPartFunctions(), TemporalArithmeticFunctions(), TemporalFormatFunctions(),
      StringSearchFunctions(), StringEncodingFunctions(), JsonFunctions(),
  };
  return table;
}

const Table<AggregateDescriptor>& Aggregates() {
  static const Table<AggregateDescriptor> table{NumericAggregates(), ValueAggregates()};
  return table;
}

}  // namespace

const FunctionDescriptor* FindFunction(std::string_view name) { return Functions().Find(name); }
const AggregateDescriptor* FindAggregate(std::string_view name) { return Aggregates().Find(name); }
std::span<const FunctionDescriptor* const> AllFunctions() { return Functions().all(); }
std::span<const AggregateDescriptor* const> AllAggregates() { return Aggregates().all(); }

Result<Signature> ResolveCall(ResolveContext& context, const FunctionDescriptor& function,
                              std::span<const ArgumentInfo> arguments) {
  if (arguments.size() < function.min_arguments ||
      (function.max_arguments != kManyArguments && arguments.size() > function.max_arguments)) {
    return Error(ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT, function.name);
  }
  if (context.function_text.empty()) context.function_text = function.name;
  Signature signature;
  MAHI_RETURN_IF_ERROR(function.resolve(context, arguments, &signature));
  MAHI_ASSERT(signature.eval != nullptr && signature.arguments.size() == arguments.size());
  return signature;
}

}  // namespace mahi
