// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "model/record/frame.h"
#include "model/record/record.h"

namespace exitscope {

// What a stream told of its threads, so that only news is sent.
class ThreadDirectory {
public:
    // What to send; nothing if all of it was told before. `name` may be without data, `pid` kNoThread.
    std::optional<ThreadData> tell(std::int32_t tid, std::int32_t pid, std::string_view name)
    {
        name = name.substr(0, wire::kMaxName);
        if (tid < 0 || (tid == m_lastTid && isKnown(*m_last, pid, name)))
            return {};
        return tellNews(tid, pid, name);
    }

    // The index of a name, for records beside those of threads.
    std::uint32_t intern(std::string_view name) { return entry(name.substr(0, wire::kMaxName)).second; }

    // Payload of a Names frame with the names that came up since the last call; empty if none did.
    std::string takeNewNames();

private:
    struct Thread {
        std::int32_t pid = kNoThread;
        std::uint32_t name = kNoName;
        std::string_view nameText; // owned by m_names
    };

    static bool isKnown(const Thread &known, std::int32_t pid, std::string_view name)
    {
        return (pid < 0 || pid == known.pid) && (!name.data() || name == known.nameText);
    }
    std::optional<ThreadData> tellNews(std::int32_t tid, std::int32_t pid, std::string_view name);
    Thread &thread(std::int32_t tid);
    const std::pair<const std::string, std::uint32_t> &entry(std::string_view name);

    std::unordered_map<std::int32_t, Thread> m_threads;
    std::unordered_map<std::string, std::uint32_t> m_names;
    std::string m_newNames;
    std::int32_t m_lastTid = kNoThread; // most events are of the thread of the one before
    Thread *m_last = nullptr;
};

} // namespace exitscope
