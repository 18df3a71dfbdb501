// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/event_script.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace exitscope::testing {

namespace {

// "p0" or "p0/kvm"
void parseStream(const Word &word, ScriptLine &line)
{
    if (!word.key.empty() || word.value.size() < 2 || word.value[0] != 'p')
        throw std::invalid_argument("a physical CPU such as p0 is missing");
    const std::size_t slash = word.value.find('/');
    const std::int64_t number = parseNumber(std::string_view(word.value).substr(1, slash - 1));
    if (number < 0 || number > 65535)
        throw std::invalid_argument("'" + word.value + "' is no physical CPU");
    line.pcpu = std::int32_t(number);
    if (slash != std::string::npos)
        line.channel = word.value.substr(slash + 1);
}

Word needWord(std::string_view &text, const char *what)
{
    Word word;
    if (!takeWord(text, word))
        throw std::invalid_argument(std::string(what) + " is missing");
    return word;
}

void needEnd(std::string_view text)
{
    Word word;
    if (takeWord(text, word))
        throw std::invalid_argument("'" + (word.key.empty() ? word.value : word.key) + "' is not expected here");
}

// packet pN, lose pN COUNT, lose_packets pN COUNT; false if the line is none of them.
bool parseDirective(std::string_view text, ScriptLine &line)
{
    Word word;
    takeWord(text, word);
    if (!word.key.empty())
        return false;
    if (word.value == "packet")
        line.kind = ScriptLine::Kind::Packet;
    else if (word.value == "lose")
        line.kind = ScriptLine::Kind::Lose;
    else if (word.value == "lose_packets")
        line.kind = ScriptLine::Kind::LosePackets;
    else
        return false;
    parseStream(needWord(text, "a physical CPU"), line);
    if (line.kind != ScriptLine::Kind::Packet) {
        line.count = parseNumber(needWord(text, "a count").value);
        if (line.count < 1)
            throw std::invalid_argument("the count must be positive");
    }
    needEnd(text);
    return true;
}

} // namespace

EventScript::EventScript(std::string_view text)
{
    int number = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        ++number;
        line = line.substr(0, line.find('#'));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos)
            continue;
        try {
            parseLine(line, number);
        } catch (const std::invalid_argument &error) {
            throw std::invalid_argument("line " + std::to_string(number) + ": " + error.what());
        }
    }
}

EventScript EventScript::fromFile(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    if (!file)
        throw std::invalid_argument(path + ": cannot be read");
    try {
        return EventScript(text.str());
    } catch (const std::invalid_argument &error) {
        throw std::invalid_argument(path + ": " + error.what());
    }
}

void EventScript::parseThread(std::string_view text)
{
    const std::int64_t tid = parseNumber(needWord(text, "a thread id").value);
    Thread thread;
    Word word;
    while (takeWord(text, word))
        if (word.key == "pid")
            thread.pid = parseNumber(word.value);
        else if (word.key == "name")
            thread.name = word.value;
        else
            throw std::invalid_argument("thread has no key '" + (word.key.empty() ? word.value : word.key) + "'");
    if (!m_threads.emplace(tid, thread).second)
        throw std::invalid_argument("thread " + std::to_string(tid) + " was described before");
}

void EventScript::parseLine(std::string_view text, int number)
{
    ScriptLine line;
    line.number = number;
    std::string_view rest = text;
    const Word first = needWord(rest, "a time");
    if (first.key.empty() && first.value == "thread") {
        parseThread(rest);
        return;
    }
    if (!parseDirective(text, line)) {
        line.timeNs = parseNumber(first.value);
        parseStream(needWord(rest, "a physical CPU"), line);
        line.event = parseEvent(rest);
        const auto thread = m_threads.find(line.event.recordedTid());
        if (thread != m_threads.end()) {
            if (line.event.pid == kAbsent)
                line.event.pid = thread->second.pid;
            if (line.event.procname.empty())
                line.event.procname = thread->second.name;
        }
    }
    m_lines.push_back(line);
}

} // namespace exitscope::testing
