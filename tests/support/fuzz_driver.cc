// Stand-in for libFuzzer where the compiler has none: feeds LLVMFuzzerTestOneInput the files of a corpus, then
// mutations of them and random bytes, from a fixed seed.
//   program [--runs=N] [--seed=N] [corpus directory or file]...
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void RunOne(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void Mutate(std::string* input, const std::vector<std::string>& corpus, std::mt19937_64& random) {
  auto below = [&](size_t n) { return n == 0 ? 0 : static_cast<size_t>(random() % n); };
  static constexpr uint8_t kInteresting[] = {0, 1, 0x7f, 0x80, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff};
  for (size_t rounds = 1 + below(6); rounds > 0; --rounds) {
    size_t at = below(input->size() + 1);
    switch (below(7)) {
      case 0:
        if (at < input->size()) (*input)[at] ^= static_cast<char>(1u << below(8));
        break;
      case 1:
        if (at < input->size()) (*input)[at] = static_cast<char>(kInteresting[below(10)]);
        break;
      case 2:
        input->insert(at, 1 + below(8), static_cast<char>(random()));
        break;
      case 3:
        if (at < input->size()) input->erase(at, 1 + below(8));
        break;
      case 4:
        input->resize(at);
        break;
      case 5: {
        const std::string& other = corpus.empty() ? *input : corpus[below(corpus.size())];
        std::string piece = other.substr(below(other.size() + 1), below(32));
        input->insert(at, piece);
        break;
      }
      default:
        for (size_t n = below(8); n > 0; --n) input->push_back(static_cast<char>(random()));
    }
  }
  if (input->size() > 4096) input->resize(4096);
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t runs = 20000, seed = 1;
  std::vector<std::string> corpus;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument.rfind("--runs=", 0) == 0) {
      runs = std::strtoull(argument.c_str() + 7, nullptr, 10);
    } else if (argument.rfind("--seed=", 0) == 0) {
      seed = std::strtoull(argument.c_str() + 7, nullptr, 10);
    } else if (std::filesystem::is_directory(argument)) {
      for (const auto& entry : std::filesystem::directory_iterator(argument)) {
        if (entry.is_regular_file()) corpus.push_back(ReadFile(entry.path()));
      }
    } else {
      corpus.push_back(ReadFile(argument));
    }
  }
  RunOne("");
  for (const std::string& input : corpus) RunOne(input);
  std::mt19937_64 random(seed);
  for (uint64_t run = 0; run < runs; ++run) {
    std::string input;
    if (!corpus.empty() && random() % 8 != 0) {
      input = corpus[random() % corpus.size()];
    } else {
      for (size_t n = random() % 64; n > 0; --n) input.push_back(static_cast<char>(random()));
    }
    Mutate(&input, corpus, random);
    RunOne(input);
  }
  std::printf("%llu runs, seed %llu: ok\n", static_cast<unsigned long long>(runs),
              static_cast<unsigned long long>(seed));
  return 0;
}
