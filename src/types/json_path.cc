// JSON paths: parsing, evaluation, and the changes addressed by them.
#include <unordered_set>

#include "types/json.h"

namespace mahi {

namespace {

constexpr size_t kMaxPathLegs = 100;

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool StartsName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || static_cast<uint8_t>(c) >= 0x80;
}

class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  // False: position() is where it went wrong.
  bool Parse(std::vector<JsonPathLeg>* legs, bool* has_wildcard) {
    SkipSpace();
    if (Peek() != '$') return false;
    ++at_;
    while (SkipSpace(), at_ < text_.size()) {
      JsonPathLeg leg;
      bool good = Peek() == '.'   ? Member(&leg)
                  : Peek() == '[' ? Cell(&leg)
                  : Peek() == '*' ? Ellipsis(&leg)
                                  : false;
      if (!good || legs->size() >= kMaxPathLegs) return false;
      *has_wildcard = *has_wildcard || (leg.kind != JsonPathLeg::Kind::kMember && leg.kind != JsonPathLeg::Kind::kCell);
      legs->push_back(std::move(leg));
    }
    return legs->empty() || legs->back().kind != JsonPathLeg::Kind::kEllipsis;
  }
  size_t position() const { return at_; }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }
  bool Ellipsis(JsonPathLeg* leg) {
    if (text_.substr(at_, 2) != "**") return false;
    at_ += 2;
    if (Peek() == '*') return false;
    leg->kind = JsonPathLeg::Kind::kEllipsis;
    return true;
  }
  bool Member(JsonPathLeg* leg) {
    ++at_;
    SkipSpace();
    if (Peek() == '*') {
      ++at_;
      leg->kind = JsonPathLeg::Kind::kMemberWildcard;
      return true;
    }
    leg->kind = JsonPathLeg::Kind::kMember;
    if (Peek() == '"') {
      size_t end = at_ + 1;
      while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
      if (end >= text_.size()) return false;
      std::string document;
      JsonTextError error;
      if (!JsonParseText(text_.substr(at_, end + 1 - at_), &document, &error)) return false;
      leg->key = JsonView(document).String();
      at_ = end + 1;
      return true;
    }
    if (!StartsName(Peek())) return false;
    size_t start = at_;
    while (StartsName(Peek()) || IsDigit(Peek())) ++at_;
    leg->key = text_.substr(start, at_ - start);
    return true;
  }
  bool Number(uint32_t* value) {
    uint64_t n = 0;
    if (!IsDigit(Peek())) return false;
    for (; IsDigit(Peek()); ++at_) {
      n = n * 10 + static_cast<uint64_t>(Peek() - '0');
      if (n > 0xffffffffu) return false;
    }
    *value = static_cast<uint32_t>(n);
    return true;
  }
  bool Index(uint32_t* index, bool* from_last) {
    *index = 0;
    *from_last = text_.substr(at_, 4) == "last";
    if (!*from_last) return Number(index);
    at_ += 4;
    size_t mark = at_;
    SkipSpace();
    if (Peek() != '-') {
      at_ = mark;
      return true;
    }
    ++at_;
    SkipSpace();
    return Number(index);
  }
  bool Cell(JsonPathLeg* leg) {
    ++at_;
    SkipSpace();
    if (Peek() == '*') {
      ++at_;
      leg->kind = JsonPathLeg::Kind::kCellWildcard;
    } else {
      leg->kind = JsonPathLeg::Kind::kCell;
      if (!Index(&leg->index, &leg->is_from_last)) return false;
      size_t mark = at_;
      SkipSpace();
      if (at_ > mark && text_.substr(at_, 2) == "to" && at_ + 2 < text_.size() && IsSpace(text_[at_ + 2])) {
        at_ += 2;
        SkipSpace();
        leg->kind = JsonPathLeg::Kind::kCellRange;
        if (!Index(&leg->end, &leg->is_end_from_last)) return false;
        // A range must not run backwards where that can be seen.
        if (leg->is_from_last == leg->is_end_from_last &&
            (leg->is_from_last ? leg->index < leg->end : leg->index > leg->end)) {
          return false;
        }
      }
    }
    SkipSpace();
    if (Peek() != ']') return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
};

// Position of a cell in an array of `size`; negative when before its start.
int64_t CellPosition(uint32_t index, bool from_last, uint32_t size) {
  return from_last ? static_cast<int64_t>(size) - 1 - index : static_cast<int64_t>(index);
}

class Seeker {
 public:
  Seeker(const JsonPath& path, bool only_first, std::vector<JsonView>* matches)
      : legs_(path.legs()), only_first_(only_first), matches_(matches) {
    for (const JsonPathLeg& leg : legs_) may_repeat_ |= leg.kind == JsonPathLeg::Kind::kEllipsis;
  }

  // False: enough found.
  bool Visit(JsonView view, size_t leg_index) {
    if (leg_index == legs_.size()) {
      if (may_repeat_ && !seen_.insert(view.bytes().data()).second) return true;
      matches_->push_back(view);
      return !only_first_;
    }
    const JsonPathLeg& leg = legs_[leg_index];
    switch (leg.kind) {
      case JsonPathLeg::Kind::kMember: {
        std::optional<JsonView> member = view.Find(leg.key);
        return !member || Visit(*member, leg_index + 1);
      }
      case JsonPathLeg::Kind::kMemberWildcard:
        if (!view.IsObject()) return true;
        return VisitRange(view, 0, view.size(), leg_index);
      case JsonPathLeg::Kind::kCellWildcard:
        if (!view.IsArray()) return true;
        return VisitRange(view, 0, view.size(), leg_index);
      case JsonPathLeg::Kind::kCell: {
        uint32_t size = view.IsArray() ? view.size() : 1;
        int64_t at = CellPosition(leg.index, leg.is_from_last, size);
        if (at < 0 || at >= size) return true;
        return Visit(view.IsArray() ? view.Element(static_cast<uint32_t>(at)) : view, leg_index + 1);
      }
      case JsonPathLeg::Kind::kCellRange: {
        uint32_t size = view.IsArray() ? view.size() : 1;
        int64_t first = CellPosition(leg.index, leg.is_from_last, size);
        int64_t last = CellPosition(leg.end, leg.is_end_from_last, size);
        if (first < 0) first = 0;
        if (last >= size) last = static_cast<int64_t>(size) - 1;
        if (first > last) return true;
        if (!view.IsArray()) return Visit(view, leg_index + 1);
        return VisitRange(view, static_cast<uint32_t>(first), static_cast<uint32_t>(last) + 1, leg_index);
      }
      case JsonPathLeg::Kind::kEllipsis: {
        if (!Visit(view, leg_index + 1)) return false;
        if (!view.IsContainer()) return true;
        for (uint32_t i = 0; i < view.size(); ++i) {
          if (!Visit(view.Element(i), leg_index)) return false;
        }
        return true;
      }
    }
    return true;
  }

 private:
  bool VisitRange(JsonView view, uint32_t from, uint32_t to, size_t leg_index) {
    for (uint32_t i = from; i < to; ++i) {
      if (!Visit(view.Element(i), leg_index + 1)) return false;
    }
    return true;
  }

  const std::vector<JsonPathLeg>& legs_;
  bool only_first_;
  bool may_repeat_ = false;
  std::vector<JsonView>* matches_;
  std::unordered_set<const char*> seen_;
};

// Follows the first `count` legs; null when there is nothing. A value that is no array is its own cell 0.
JsonNode* Descend(JsonNode* node, const std::vector<JsonPathLeg>& legs, size_t count) {
  for (size_t i = 0; i < count && node != nullptr; ++i) {
    const JsonPathLeg& leg = legs[i];
    if (leg.kind == JsonPathLeg::Kind::kMember) {
      node = node->kind == JsonKind::kObject ? node->Find(leg.key) : nullptr;
      continue;
    }
    bool is_array = node->kind == JsonKind::kArray;
    uint32_t size = is_array ? static_cast<uint32_t>(node->elements.size()) : 1;
    int64_t at = CellPosition(leg.index, leg.is_from_last, size);
    if (at < 0 || at >= size) return nullptr;
    if (is_array) node = &node->elements[static_cast<size_t>(at)];
  }
  return node;
}

JsonNode MakeArray(JsonNode first, JsonNode second) {
  JsonNode array;
  array.kind = JsonKind::kArray;
  array.elements.push_back(std::move(first));
  array.elements.push_back(std::move(second));
  return array;
}

}  // namespace

Result<JsonPath> JsonPath::Parse(std::string_view text) {
  JsonPath path;
  PathParser parser(text);
  if (!parser.Parse(&path.legs_, &path.has_wildcard_)) return Error(ER_INVALID_JSON_PATH, parser.position());
  return path;
}

void JsonAppendPathMember(std::string_view key, std::string* path) {
  path->push_back('.');
  bool plain = !key.empty() && StartsName(key[0]);
  for (char c : key) plain = plain && (StartsName(c) || IsDigit(c));
  if (plain) {
    path->append(key);
  } else {
    JsonAppendQuoted(key, path);
  }
}

void JsonAppendPathCell(uint32_t index, std::string* path) {
  path->push_back('[');
  path->append(std::to_string(index));
  path->push_back(']');
}

std::string JsonPath::ToString() const {
  std::string text = "$";
  auto index = [](uint32_t n, bool from_last) {
    if (!from_last) return std::to_string(n);
    return n == 0 ? std::string("last") : "last-" + std::to_string(n);
  };
  for (const JsonPathLeg& leg : legs_) {
    switch (leg.kind) {
      case JsonPathLeg::Kind::kMember: JsonAppendPathMember(leg.key, &text); break;
      case JsonPathLeg::Kind::kMemberWildcard: text += ".*"; break;
      case JsonPathLeg::Kind::kCell: text += "[" + index(leg.index, leg.is_from_last) + "]"; break;
      case JsonPathLeg::Kind::kCellRange:
        text += "[" + index(leg.index, leg.is_from_last) + " to " + index(leg.end, leg.is_end_from_last) + "]";
        break;
      case JsonPathLeg::Kind::kCellWildcard: text += "[*]"; break;
      case JsonPathLeg::Kind::kEllipsis: text += "**"; break;
    }
  }
  return text;
}

void JsonSeek(JsonView view, const JsonPath& path, bool only_first, std::vector<JsonView>* matches) {
  Seeker(path, only_first, matches).Visit(view, 0);
}

std::optional<JsonView> JsonSeekOne(JsonView view, const JsonPath& path) {
  std::vector<JsonView> matches;
  JsonSeek(view, path, true, &matches);
  if (matches.empty()) return std::nullopt;
  return matches[0];
}

void JsonModifyPath(JsonNode* root, const JsonPath& path, JsonModify mode, JsonNode value) {
  const auto& legs = path.legs();
  if (legs.empty()) {
    if (mode != JsonModify::kInsert) *root = std::move(value);
    return;
  }
  JsonNode* parent = Descend(root, legs, legs.size() - 1);
  if (parent == nullptr) return;
  const JsonPathLeg& leg = legs.back();
  if (leg.kind == JsonPathLeg::Kind::kMember) {
    if (parent->kind != JsonKind::kObject) return;
    bool exists = parent->Find(leg.key) != nullptr;
    if (mode == (exists ? JsonModify::kInsert : JsonModify::kReplace)) return;
    parent->SetMember(leg.key, std::move(value));
    return;
  }
  bool is_array = parent->kind == JsonKind::kArray;
  uint32_t size = is_array ? static_cast<uint32_t>(parent->elements.size()) : 1;
  int64_t at = CellPosition(leg.index, leg.is_from_last, size);
  if (at >= 0 && at < size) {
    if (mode == JsonModify::kInsert) return;
    (is_array ? parent->elements[static_cast<size_t>(at)] : *parent) = std::move(value);
    return;
  }
  if (mode == JsonModify::kReplace) return;
  if (is_array) {
    parent->elements.insert(at < 0 ? parent->elements.begin() : parent->elements.end(), std::move(value));
  } else {
    JsonNode old = std::move(*parent);
    *parent = at < 0 ? MakeArray(std::move(value), std::move(old)) : MakeArray(std::move(old), std::move(value));
  }
}

void JsonRemovePath(JsonNode* root, const JsonPath& path) {
  const auto& legs = path.legs();
  if (legs.empty()) return;
  JsonNode* parent = Descend(root, legs, legs.size() - 1);
  if (parent == nullptr) return;
  const JsonPathLeg& leg = legs.back();
  if (leg.kind == JsonPathLeg::Kind::kMember) {
    if (parent->kind != JsonKind::kObject) return;
    JsonNode* member = parent->Find(leg.key);
    if (member == nullptr) return;
    auto index = member - parent->elements.data();
    parent->keys.erase(parent->keys.begin() + index);
    parent->elements.erase(parent->elements.begin() + index);
    return;
  }
  if (parent->kind != JsonKind::kArray) return;
  uint32_t size = static_cast<uint32_t>(parent->elements.size());
  int64_t at = CellPosition(leg.index, leg.is_from_last, size);
  if (at >= 0 && at < size) parent->elements.erase(parent->elements.begin() + at);
}

void JsonArrayAppend(JsonNode* root, const JsonPath& path, JsonNode value) {
  JsonNode* target = Descend(root, path.legs(), path.legs().size());
  if (target == nullptr) return;
  if (target->kind == JsonKind::kArray) {
    target->elements.push_back(std::move(value));
  } else {
    JsonNode old = std::move(*target);
    *target = MakeArray(std::move(old), std::move(value));
  }
}

Status JsonArrayInsert(JsonNode* root, const JsonPath& path, JsonNode value) {
  const auto& legs = path.legs();
  if (legs.empty() || legs.back().kind != JsonPathLeg::Kind::kCell) return Error(ER_INVALID_JSON_PATH_ARRAY_CELL);
  JsonNode* parent = Descend(root, legs, legs.size() - 1);
  if (parent == nullptr || parent->kind != JsonKind::kArray) return Status::Ok();
  int64_t size = static_cast<int64_t>(parent->elements.size());
  int64_t at = CellPosition(legs.back().index, legs.back().is_from_last, static_cast<uint32_t>(size));
  if (at < 0) at = 0;
  if (at > size) at = size;
  parent->elements.insert(parent->elements.begin() + at, std::move(value));
  return Status::Ok();
}

}  // namespace mahi
