// PadCollation<Scanner>: a PAD SPACE collation over a stream of weights. Internal to charset/.
//
// A Scanner yields the weights of a text one by one:
//   Scanner(const Context&, std::string_view);  bool Next(uint32_t* weight);
//   static constexpr int kWeightBytes;  struct Context { uint32_t space_weight; ... };
//
// Texts compare as if the shorter were followed by spaces for ever. Sort keys achieve that under memcmp by writing a
// run of n space weights as
//
//   run := space_weight mark
//   mark: min(n,120) [n:be32 if 120 reached]         what follows weighs less than space
//         128                                        end of text (n does not count)
//         255-min(n,120) [~n:be32 if 120 reached]    what follows weighs more
//
// and by ending every key with such a run. Fewer spaces before a lesser weight sort lower, before a greater one higher.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "charset/charset.h"

namespace mahi {

inline uint64_t MixHash(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9ddfea08eb382d69ull;
  return hash ^ hash >> 47;
}

template <typename Scanner>
class PadCollation : public Collation {
 public:
  using Context = typename Scanner::Context;
  PadCollation(CollationId id, const char* name, const Charset& set, bool is_binary, bool is_case_sensitive,
               uint8_t sortlen, Context context)
      : Collation(id, name, &set, is_binary, false, is_case_sensitive, PadAttribute::kPadSpace, sortlen),
        context_(std::move(context)) {}

  int Compare(std::string_view a, std::string_view b) const override {
    Scanner x(context_, a), y(context_, b);
    uint32_t p = 0, q = 0;
    while (true) {
      bool more_x = x.Next(&p), more_y = y.Next(&q);
      if (!more_x || !more_y) {
        if (more_x) return Rest(&x, p);
        if (more_y) return -Rest(&y, q);
        return 0;
      }
      if (p != q) return p < q ? -1 : 1;
    }
  }

  void AppendSortKey(std::string_view text, std::string* out) const override {
    out->reserve(out->size() + (text.size() + 1) * Scanner::kWeightBytes + 1);
    Scanner scanner(context_, text);
    uint32_t weight;
    uint32_t spaces = 0;
    while (scanner.Next(&weight)) {
      if (weight == context_.space_weight) {
        ++spaces;
        continue;
      }
      if (spaces > 0) {
        AppendWeight(context_.space_weight, out);
        uint8_t shown = static_cast<uint8_t>(spaces < 120 ? spaces : 120);
        bool below = weight < context_.space_weight;
        out->push_back(static_cast<char>(below ? shown : 255 - shown));
        if (shown == 120) AppendBig(out, below ? spaces : ~spaces);
        spaces = 0;
      }
      AppendWeight(weight, out);
    }
    AppendWeight(context_.space_weight, out);
    out->push_back(static_cast<char>(128));
  }

  uint64_t Hash(std::string_view text) const override {
    Scanner scanner(context_, text);
    uint64_t hash = 0x2545f4914f6cdd1dull;
    uint32_t weight, spaces = 0;
    while (scanner.Next(&weight)) {
      if (weight == context_.space_weight) {
        ++spaces;
        continue;
      }
      if (spaces > 0) {
        hash = MixHash(hash, uint64_t{spaces} << 32);
        spaces = 0;
      }
      hash = MixHash(hash, weight);
    }
    return MixHash(hash, hash >> 32);
  }

 protected:
  bool CharEqual(char32_t a, char32_t b) const override { return Scanner::CharEqual(context_, a, b); }

 private:
  // Order of a text that goes on with `weight` against spaces.
  int Rest(Scanner* scanner, uint32_t weight) const {
    do {
      if (weight != context_.space_weight) return weight < context_.space_weight ? -1 : 1;
    } while (scanner->Next(&weight));
    return 0;
  }
  static void AppendWeight(uint32_t weight, std::string* out) {
    uint32_t big_endian = ByteSwap(weight);
    out->append(reinterpret_cast<const char*>(&big_endian) + 4 - Scanner::kWeightBytes, Scanner::kWeightBytes);
  }

  Context context_;
};

}  // namespace mahi
