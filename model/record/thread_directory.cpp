// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/thread_directory.h"

#include <utility>

namespace exitscope {

namespace {

void append(std::string &payload, std::uint32_t value)
{
    payload.append(reinterpret_cast<const char *>(&value), sizeof value);
}

} // namespace

std::optional<ThreadData> ThreadDirectory::tellNews(std::int32_t tid, std::int32_t pid, std::string_view name)
{
    Thread &known = thread(tid);
    const bool newPid = pid >= 0 && pid != known.pid;
    const bool newName = name.data() && name != known.nameText;
    if (!newPid && !newName)
        return {};
    if (newPid)
        known.pid = pid;
    if (newName) {
        const auto &[text, index] = entry(name);
        known.name = index;
        known.nameText = text;
    }
    return ThreadData{newPid ? pid : kNoThread, newName ? known.name : kNoName};
}

ThreadDirectory::Thread &ThreadDirectory::thread(std::int32_t tid)
{
    if (!m_last || tid != m_lastTid) {
        m_last = &m_threads[tid];
        m_lastTid = tid;
    }
    return *m_last;
}

const std::pair<const std::string, std::uint32_t> &ThreadDirectory::entry(std::string_view name)
{
    const auto [entry, isNew] = m_names.try_emplace(std::string(name), static_cast<std::uint32_t>(m_names.size()));
    if (isNew) {
        append(m_newNames, entry->second);
        append(m_newNames, static_cast<std::uint32_t>(name.size()));
        m_newNames.append(name);
    }
    return *entry;
}

std::string ThreadDirectory::takeNewNames()
{
    return std::exchange(m_newNames, {});
}

} // namespace exitscope
