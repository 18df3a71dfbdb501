// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "app/reader/ctf/ctf_stream.h"
#include "app/reader/event_teller.h"
#include "app/reader/file/trace_file.h"
#include "app/reader/open_trace_file.h"
#include "app/reader/sandbox.h"
#include "app/reader/server.h"

namespace {

constexpr std::uint64_t kDefaultMemory = 1ull << 30;
constexpr std::size_t kMaxStreams = 65536; // their numbers have 16 bits

constexpr const char *kUsage = R"(Usage: exitscope-reader [--memory BYTES] [--parent PID] [--all-proofs|--all-events]
                        [--of DIR FILE|--file FILE CPU|DIR]...
       exitscope-reader [--memory BYTES] [--parent PID] --list FILE|--kallsyms FILE
       exitscope-reader [--memory BYTES] [--parent PID] --events FROM TO MOST
                        --of DIR FILE|--file FILE CPU|DIR

Reads streams for ExitScope, which starts it. Each DIR holds CTF: `metadata` and the files of one stream.
  --of DIR FILE   a stream with a single file, in a directory that holds more streams of its trace: those that are
                  named one after the other are opened together, and the metadata is parsed once
  --file FILE CPU the stream of a CPU of a trace that is one file; those that are named one after the other are opened
                  together
  --list FILE     only print what streams that file has: for each "CPU BYTES", its CPU (-1: not told) and how many
                  bytes its events take, about; and "note TEXT" of what it passes over
  --kallsyms FILE only print the kernel's kallsyms that a trace.dat holds; nothing if it holds none
  --events FROM TO MOST
                  only write the first events of that stream from FROM on, before TO, with all of their fields: not
                  more than MOST; times are nanoseconds on its own clock (model/record/event_answer.h)
  --memory BYTES  address space that the reader may use
  --parent PID    the process that started it, with which it ends
  --all-proofs    tell every host event, also of streams without VM entries
  --all-events    tell every event: of a guest's streams
)";

using exitscope::reader::Server;
using Input = Server::Input;

struct Arguments {
    std::uint64_t memoryBytes = kDefaultMemory;
    int parent = 0; // 0: whoever it is
    exitscope::Plain plain{};
    std::vector<Input> inputs;
    enum class Question : std::uint8_t { None, List, Kallsyms, Events } question{}; // asked instead of reading streams
    std::string asked; // the file that it is about
    exitscope::reader::EventsAsked events;
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

exitscope::Ns timeNumber(std::string_view text)
{
    exitscope::Ns time = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), time);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
        throw std::invalid_argument("--events wants two times and a number");
    return time;
}

std::int32_t cpuNumber(std::string_view text)
{
    const char *wrong = "--file wants a file and the number of a CPU";
    if (text == "-1")
        return exitscope::kNoPcpu;
    return text == "0" ? 0 : positive<std::int32_t>(text, wrong);
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
            arguments.inputs.push_back({.kind = Input::Kind::Of, .path = directory, .file = value()});
        } else if (argument == "--file") {
            const std::string file = value();
            arguments.inputs.push_back({.kind = Input::Kind::File, .path = file, .cpu = cpuNumber(value())});
        } else if (argument == "--list") {
            arguments.asked = value();
            arguments.question = Arguments::Question::List;
        } else if (argument == "--kallsyms") {
            arguments.asked = value();
            arguments.question = Arguments::Question::Kallsyms;
        } else if (argument == "--events") {
            arguments.question = Arguments::Question::Events;
            arguments.events.from = timeNumber(value());
            arguments.events.to = timeNumber(value());
            arguments.events.most = positive<std::uint64_t>(value(), "--events wants a number of events");
        } else if (argument.starts_with("-")) {
            throw std::invalid_argument("unknown option " + std::string(argument));
        } else {
            arguments.inputs.push_back({.kind = Input::Kind::Directory, .path = std::string(argument)});
        }
    }
    if (!arguments.asked.empty() && !arguments.inputs.empty())
        throw std::invalid_argument("--list and --kallsyms are for one file alone");
    if (arguments.asked.empty() && (arguments.inputs.empty() || arguments.inputs.size() > kMaxStreams))
        throw std::invalid_argument("give directories or files");
    if (arguments.question == Arguments::Question::Events && arguments.inputs.size() != 1)
        throw std::invalid_argument("--events is for one stream alone");
    return arguments;
}

// What the process needs to read, each once.
std::vector<std::string> pathsOf(const Arguments &arguments)
{
    std::vector<std::string> paths;
    for (const Input &input : arguments.inputs)
        paths.push_back(input.path);
    if (!arguments.asked.empty())
        paths.push_back(arguments.asked);
    std::sort(paths.begin(), paths.end());
    paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
    return paths;
}

int list(const std::string &file)
{
    const auto trace = exitscope::reader::openTraceFile(file);
    for (const auto &cpu : trace->cpus())
        std::printf("%d %llu\n", cpu.number, static_cast<unsigned long long>(cpu.bytes));
    if (const std::string notes = trace->notes(); !notes.empty())
        std::printf("note %s\n", notes.c_str());
    if (std::fflush(stdout) != 0)
        throw std::runtime_error("the list cannot be written; what it goes to must be no file");
    return 0;
}

int tellKallsyms(const std::string &file)
{
    const std::string text = exitscope::reader::kallsymsOf(file);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
        throw std::runtime_error("the symbols cannot be written; what they go to must be no file");
    return 0;
}

int run(const Arguments &arguments)
{
    using namespace exitscope::reader;
    endWithParent(arguments.parent);
    limitMemory(arguments.memoryBytes);
    loadLibrary();
    enterSandbox(pathsOf(arguments), std::max<std::size_t>(arguments.inputs.size(), 1));
    switch (arguments.question) {
    case Arguments::Question::List:
        return list(arguments.asked);
    case Arguments::Question::Kallsyms:
        return tellKallsyms(arguments.asked);
    case Arguments::Question::Events:
        return tellEvents(arguments.inputs.front(), arguments.events);
    case Arguments::Question::None:
        break;
    }
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
