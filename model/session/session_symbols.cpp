// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/session_symbols.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "model/diagnostic_codes.h"

namespace exitscope {

SessionSymbols::SessionSymbols(QObject *parent)
    : QObject(parent), m_job(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
}

void SessionSymbols::set(std::shared_ptr<const Recording> recording, Sources given)
{
    m_recording = std::move(recording);
    m_given = std::move(given);
    m_offered.clear();
    m_new.clear();
    m_known.clear(); // a file may be another one by now
    m_shown = {};
    Q_EMIT changed();
    read();
}

void SessionSymbols::give(const VmKey &vm, const SymbolSource &source)
{
    m_known.erase(source.name); // the user may have mended it
    m_new.insert_or_assign(vm, source);
    read();
}

void SessionSymbols::forget(const VmKey &vm)
{
    m_new.erase(vm);
    m_given.erase(vm);
    read();
}

void SessionSymbols::offer(Sources found)
{
    const auto isSame
        = [](const auto &a, const auto &b) { return a.first == b.first && a.second.name == b.second.name; };
    if (std::ranges::equal(found, m_offered, isSame))
        return;
    m_offered = std::move(found);
    read();
}

QString SessionSymbols::sourceOf(const VmKey &vm) const
{
    const auto source = m_shown.sources.find(vm);
    return source == m_shown.sources.end() ? QString() : source->second.name;
}

std::optional<SymbolShare> SessionSymbols::shareOf(const VmKey &vm) const
{
    const auto share = m_shown.shares.find(vm);
    return share == m_shown.shares.end() ? std::nullopt : std::optional(share->second);
}

// The newest goes first.
SessionSymbols::Sources SessionSymbols::wanted() const
{
    Sources sources = m_new;
    sources.insert(m_given.begin(), m_given.end());
    sources.insert(m_offered.begin(), m_offered.end());
    return sources;
}

void SessionSymbols::read()
{
    const bool isAny = !m_new.empty() || !m_given.empty() || !m_offered.empty();
    if (!m_recording || (!isAny && !m_shown.symbols && m_shown.diagnostics.empty()))
        return;
    // Of what is new and cannot be used, what was before stands: it must be known too.
    std::vector<SymbolSource> needed;
    for (const Sources *sources : {&m_new, &m_given, &m_offered})
        for (const auto &[vm, source] : *sources)
            needed.push_back(source);
    m_job.start(
        [this, needed, recording = m_recording, known = m_known, sources = wanted(), fresh = m_new, given = m_given,
            offered = m_offered](const std::atomic<bool> &cancel) mutable -> NewestJob::Finish {
            for (const SymbolSource &source : needed) {
                if (cancel)
                    return {};
                if (known.contains(source.name))
                    continue;
                Known &now = known[source.name];
                now.symbols = source.read(now.fault, &cancel);
            }
            for (const auto &[vm, source] : fresh) {
                if (known.at(source.name).symbols)
                    continue;
                sources.erase(vm);
                for (const Sources *before : {&given, &offered})
                    if (const auto at = before->find(vm); at != before->end())
                        sources.insert(*at);
            }
            Shown now = shown(*recording, sources, known);
            return [this, recording, known = std::move(known), now = std::move(now), fresh] {
                if (recording == m_recording)
                    take(known, now, fresh);
            };
        });
}

SessionSymbols::Shown SessionSymbols::shown(
    const Recording &recording, const Sources &sources, const KnownByName &known)
{
    Shown shown;
    auto symbols = std::make_shared<GuestSymbols>();
    for (const auto &[vm, source] : sources) {
        const Known &of = known.at(source.name);
        if (of.symbols) {
            symbols->set(vm, of.symbols);
            shown.sources.insert({vm, source});
        } else if (!of.fault.isEmpty()) {
            shown.diagnostics.push_back(makeDiagnostic(Code::SymbolsUnreadable, of.fault, source.name));
        }
    }
    shown.shares = symbolShares(recording, *symbols);
    const Diagnostics shares = tellShares(recording, shown.shares);
    shown.diagnostics.insert(shown.diagnostics.end(), shares.begin(), shares.end());
    if (!symbols->empty())
        shown.symbols = std::move(symbols);
    return shown;
}

// `fresh`: what was new when the work began; by now there may be something newer.
void SessionSymbols::take(const KnownByName &known, Shown now, const Sources &fresh)
{
    m_known = known;
    m_shown = std::move(now);
    Sources done;
    for (const auto &[vm, source] : fresh) {
        const auto same = m_new.find(vm);
        if (same == m_new.end() || same->second.name != source.name)
            continue;
        m_new.erase(same);
        done.insert({vm, source});
        if (known.at(source.name).symbols)
            m_given.insert_or_assign(vm, source);
    }
    Q_EMIT changed();
    for (const auto &[vm, source] : done)
        Q_EMIT given(vm, known.at(source.name).fault);
}

} // namespace exitscope
