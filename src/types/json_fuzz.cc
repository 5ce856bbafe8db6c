// Arbitrary bytes as JSON text, as a document and as a path: nothing may crash, and what is accepted round-trips.
#include <cstdlib>

#include "types/json.h"

using namespace mahi;

namespace {
// Operations on any document that passed JsonIsValid or came from text.
void Exercise(std::string_view document, const JsonPath* path) {
  JsonView view(document);
  std::string text, key;
  JsonToText(view, &text);
  JsonAppendSortKey(view, &key);
  JsonHash(view);
  if (JsonCompare(view, view) != 0) abort();
  if (path != nullptr) {
    std::vector<JsonView> matches;
    JsonSeek(view, *path, false, &matches);
    if (!path->has_wildcard()) {
      JsonNode root = JsonNode::FromView(view);
      JsonModifyPath(&root, *path, JsonModify::kSet, JsonNode());
      JsonRemovePath(&root, *path);
      root.ToDocument();
    }
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  size_t split = bytes.find('\n');
  auto path = JsonPath::Parse(bytes.substr(0, split));
  const JsonPath* good_path = path.ok() ? &path.value() : nullptr;
  if (good_path != nullptr && !JsonPath::Parse(good_path->ToString()).ok()) abort();
  std::string_view rest = split == std::string_view::npos ? bytes : bytes.substr(split + 1);
  std::string document;
  JsonTextError error;
  if (JsonParseText(rest, &document, &error)) {
    if (!JsonIsValid(document)) abort();
    Exercise(document, good_path);
  }
  if (JsonIsValid(rest)) Exercise(rest, good_path);
  return 0;
}
