// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/thread_lives.h"

#include <algorithm>

namespace exitscope {

std::uint32_t ThreadLives::add(std::int32_t tid, Ns begin)
{
    m_threads.tid.push_back(tid);
    const auto process = m_processes.find(tid);
    m_threads.pid.push_back(process == m_processes.end() ? kNoThread : process->second);
    m_threads.cpu.push_back(kNoPcpu);
    m_threads.isOfKernel.push_back(0);
    m_threads.begin.push_back(begin);
    m_threads.end.push_back(kEndOfRecording);
    Life &life = m_lives.emplace_back();
    life.epoch = std::uint32_t(m_epochs.size() - 1);
    this->begin(life, kUnknownCall, std::max(begin, m_epochs.back()));
    return std::uint32_t(m_threads.size() - 1);
}

std::uint32_t ThreadLives::idle(std::int32_t cpu)
{
    const auto [known, isNew] = m_idle.try_emplace(cpu, 0);
    if (isNew) {
        known->second = add(0, kNoTime);
        m_threads.cpu.back() = cpu;
        m_threads.isOfKernel.back() = 1;
    }
    return known->second;
}

std::uint32_t ThreadLives::lifeOf(std::int32_t tid)
{
    const auto [known, isNew] = m_byTid.try_emplace(tid, 0);
    if (isNew)
        known->second = add(tid, kNoTime);
    return known->second;
}

void ThreadLives::tellProcess(std::int32_t tid, std::int32_t pid)
{
    m_processes[tid] = pid;
    if (const auto known = m_byTid.find(tid); known != m_byTid.end())
        m_threads.pid[known->second] = pid;
}

// The child is in its parent's call until that ends for it.
void ThreadLives::fork(std::uint32_t parent, std::int32_t child, Ns t, bool canRunUnseen)
{
    if (const auto known = m_byTid.find(child); known != m_byTid.end())
        end(known->second, t);
    const std::uint32_t life = add(child, t);
    m_byTid[child] = life;
    if (parent == kNobody)
        return;
    constexpr std::int32_t kKthreadd = 2; // which makes all kernel threads, and nothing else
    m_threads.isOfKernel[life] = std::uint8_t(m_threads.tid[parent] == kKthreadd);
    const std::uint32_t call = m_spells[spellOf(parent)];
    if (call >= m_calls.size() || canRunUnseen)
        return;
    Call same;
    same.name = m_calls.name[call];
    begin(m_lives[life], addCall(life, same, t, 0), t);
}

void ThreadLives::end(std::uint32_t life, Ns t)
{
    follow(life);
    stopCall(m_lives[life], t);
    m_threads.end[life] = t;
    const auto known = m_byTid.find(m_threads.tid[life]);
    if (known != m_byTid.end() && known->second == life)
        m_byTid.erase(known);
}

// What began before its last loss is in doubt since.
void ThreadLives::follow(std::uint32_t life)
{
    Life &of = m_lives[life];
    const auto now = std::uint32_t(m_epochs.size() - 1);
    if (of.epoch == now)
        return;
    stopCall(of, m_epochs[of.epoch + 1]);
    of.epoch = now;
    begin(of, kUnknownCall, m_epochs[now]);
}

void ThreadLives::begin(Life &life, std::uint32_t call, Ns t)
{
    life.spell = std::uint32_t(m_spells.size());
    life.since = t;
    m_spells.push_back(call);
}

std::uint32_t ThreadLives::addCall(std::uint32_t life, const Call &call, Ns begin, std::uint8_t facts)
{
    m_calls.thread.push_back(life);
    m_calls.cpu.push_back(call.cpu);
    m_calls.name.push_back(call.name);
    m_calls.file.push_back(call.file);
    m_calls.begin.push_back(begin);
    m_calls.end.push_back(kEndOfRecording);
    m_calls.returned.push_back(0);
    m_calls.facts.push_back(facts);
    return std::uint32_t(m_calls.size() - 1);
}

void ThreadLives::stopCall(const Life &life, Ns t)
{
    if (const std::uint32_t call = m_spells[life.spell]; call < m_calls.size())
        m_calls.end[call] = t;
}

void ThreadLives::enter(std::uint32_t life, const Call &call, Ns t)
{
    follow(life);
    Life &of = m_lives[life];
    if (m_spells[of.spell] == kUnknownCall)
        m_spells[of.spell] = kNoCall;
    stopCall(of, t);
    begin(of, addCall(life, call, t, GuestCalls::Entered), t);
}

void ThreadLives::leave(std::uint32_t life, const Call &call, Ns t)
{
    follow(life);
    Life &of = m_lives[life];
    std::uint32_t &now = m_spells[of.spell];
    if (now == kNoCall) // its begin was not told
        return;
    if (now == kUnknownCall)
        now = addCall(life, call, of.since, 0);
    m_calls.end[now] = t;
    if (m_calls.name[now] == call.name || call.name == kNoName || m_calls.name[now] == kNoName) {
        m_calls.name[now] = m_calls.name[now] == kNoName ? call.name : m_calls.name[now];
        m_calls.facts[now] |= GuestCalls::Left;
        if (call.hasReturned) {
            m_calls.facts[now] |= GuestCalls::HasReturned;
            m_calls.returned[now] = call.returned;
        }
    }
    begin(of, kNoCall, t);
}

void ThreadLives::loseAllBut(std::span<const std::uint32_t> lives, Ns t)
{
    for (const std::uint32_t life : lives)
        follow(life);
    m_epochs.push_back(t);
    for (const std::uint32_t life : lives)
        m_lives[life].epoch = std::uint32_t(m_epochs.size() - 1);
}

void ThreadLives::forget(std::uint32_t life, Ns t)
{
    follow(life);
    stopCall(m_lives[life], t);
    begin(m_lives[life], kUnknownCall, t);
}

void ThreadLives::finish(TimeRange range)
{
    for (std::uint32_t life = 0; life < m_lives.size(); ++life)
        follow(life);
    for (std::size_t i = 0; i < m_calls.size(); ++i) {
        m_calls.begin[i] = std::max(m_calls.begin[i], range.from);
        m_calls.end[i] = std::min(m_calls.end[i], range.to);
    }
}

} // namespace exitscope
