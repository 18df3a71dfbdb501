// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "app/reader/ctf_stream.h"
#include "app/reader/sandbox.h"
#include "app/reader/server.h"

namespace {

constexpr std::uint64_t kDefaultMemory = 1ull << 30;
constexpr std::size_t kMaxStreams = 65536; // their numbers have 16 bits

constexpr const char *kUsage
    = R"(Usage: exitscope-reader [--memory BYTES] [--parent PID] [--all-proofs|--all-events] [--of DIR FILE|DIR]...

Reads CTF streams for ExitScope, which starts it. Each DIR holds `metadata` and the files of one stream.
  --of DIR FILE   a stream with a single file, in a directory that holds more streams of its trace: those that are
                  named one after the other are opened together, and the metadata is parsed once
  --memory BYTES  address space that the reader may use
  --parent PID    the process that started it, with which it ends
  --all-proofs    tell every host event, also of streams without VM entries
  --all-events    tell every event: of a guest's streams
)";

struct Arguments {
    std::uint64_t memoryBytes = kDefaultMemory;
    int parent = 0; // 0: whoever it is
    exitscope::Plain plain{};
    std::vector<exitscope::reader::Server::Input> inputs;
};

template <typename Number>
Number positive(std::string_view text, const char *wrong)
{
    Number value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || value <= 0)
        throw std::invalid_argument(wrong);
    return value;
}

Arguments parse(int argc, char **argv)
{
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        const auto value = [&]() -> const char * {
            if (++i == argc)
                throw std::invalid_argument(std::string(argument) + " wants a value");
            return argv[i];
        };
        if (argument == "--memory") {
            arguments.memoryBytes = positive<std::uint64_t>(value(), "--memory wants a number of bytes");
        } else if (argument == "--parent") {
            arguments.parent = positive<int>(value(), "--parent wants the number of a process");
        } else if (argument == "--all-proofs") {
            arguments.plain = exitscope::Plain::AllProofs;
        } else if (argument == "--all-events") {
            arguments.plain = exitscope::Plain::All;
        } else if (argument == "--of") {
            const std::string directory = value();
            arguments.inputs.push_back({directory, value()});
        } else if (argument.starts_with("-")) {
            throw std::invalid_argument("unknown option " + std::string(argument));
        } else {
            arguments.inputs.push_back({std::string(argument), {}});
        }
    }
    if (arguments.inputs.empty() || arguments.inputs.size() > kMaxStreams)
        throw std::invalid_argument("give directories");
    return arguments;
}

// Each once.
std::vector<std::string> directoriesOf(const std::vector<exitscope::reader::Server::Input> &inputs)
{
    std::vector<std::string> directories;
    for (const auto &input : inputs)
        directories.push_back(input.directory);
    std::sort(directories.begin(), directories.end());
    directories.erase(std::unique(directories.begin(), directories.end()), directories.end());
    return directories;
}

int run(const Arguments &arguments)
{
    using namespace exitscope::reader;
    endWithParent(arguments.parent);
    limitMemory(arguments.memoryBytes);
    loadLibrary();
    enterSandbox(directoriesOf(arguments.inputs), arguments.inputs.size());
    return Server(arguments.inputs, arguments.plain).run();
}

} // namespace

int main(int argc, char **argv)
{
    try {
        return run(parse(argc, argv));
    } catch (const std::invalid_argument &error) {
        std::fprintf(stderr, "exitscope-reader: %s\n%s", error.what(), kUsage);
        return 2;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "exitscope-reader: %s\n", error.what());
        return 1;
    }
}
