// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/guest_clocks.h"

#include <algorithm>

#include "model/clock/guest_on_vm.h"
#include "model/clock/sync_diagnostics.h"

namespace exitscope {

namespace {

// How far a map can be from the truth by the bounds that are proven of another.
std::optional<Ns> distanceToBounds(const ClockMap &map, const ClockMap &proven, TimeRange overlap)
{
    std::optional<Ns> farthest;
    std::vector<Ns> times = proven.extremes(overlap);
    times.push_back(overlap.from + overlap.length() / 2);
    for (const Ns guest : times) {
        const std::optional<TimeRange> bounds = proven.bounds(guest);
        if (!bounds)
            return std::nullopt;
        const Ns at = map.toHost(guest);
        farthest = std::max({farthest.value_or(0), bounds->to - at, at - bounds->from});
    }
    return farthest;
}

std::vector<Ns> misfitsOnHost(const Recording &recording, const GuestAlignment &alignment, const SearchBudget &budget)
{
    if (!alignment.vm || alignment.map.isEmpty() || budget.hasEnded())
        return {};
    const Timeline &host = recording.hosts[alignment.vm->host];
    const VmRuns runs(host, host.vms[alignment.vm->vm], budget);
    std::vector<Ns> times
        = misfitsOf(runs.with(recording.guests[alignment.guest], alignment.vcpuOf), alignment.map, budget);
    for (Ns &time : times)
        time = alignment.map.toHost(time);
    std::ranges::sort(times);
    return times;
}

ShownGuest showGuest(const GuestMaps &maps, std::size_t guest, const ClockChoices &choices, const SearchBudget &budget)
{
    const Recording &recording = *maps.recording;
    const auto given = maps.given.find(guest);
    ShownGuest shown;
    shown.trace = &recording.guests[guest];
    shown.found = maps.found.guests[guest];
    shown.hasEstimate = !shown.found.estimate.isEmpty();
    shown.hasUser = given != maps.given.end();
    if (shown.hasUser)
        shown.choice.source = MapSource::User;
    if (const auto chosen = choices.find(shown.trace->path); chosen != choices.end()) {
        shown.choice = chosen->second;
        shown.isChosen = true;
    }
    const bool isUser = shown.choice.source == MapSource::User && shown.hasUser;
    const bool isEstimate = shown.choice.source == MapSource::Estimate && shown.hasEstimate;
    shown.alignment = isUser ? given->second : shown.found;
    ClockMap map = isEstimate ? shown.found.estimate : shown.alignment.map;
    if (!map.isEmpty() && shown.choice.shift != 0)
        map = map.shifted(shown.choice.shift);
    if (isEstimate || shown.choice.shift != 0)
        shown.alignment = withMap(recording, shown.alignment, map, budget);
    // Bounds that were found for another VM, or that may be of a map by chance, prove nothing. Those of an ambiguous
    // guest are told by the search only if they span all maps that fit.
    const bool isBounded = shown.found.isAligned() || shown.found.verdict == SyncVerdict::Ambiguous;
    const bool isProven = isBounded && shown.found.vm == shown.alignment.vm && shown.alignment.overlap.length() > 0;
    if (!map.isEmpty() && isProven)
        shown.uncertainty = isEstimate || isUser || shown.choice.shift != 0
            ? distanceToBounds(map, shown.found.map, shown.alignment.overlap)
            : shown.found.uncertainty();
    shown.misfits = misfitsOnHost(recording, shown.alignment, budget);
    return shown;
}

// With other maps of the user; an empty one: none any more.
GuestMaps withUserMaps(const GuestMaps &maps, const std::map<std::size_t, ClockMap> &user, const SearchBudget &budget)
{
    GuestMaps next = maps;
    for (const auto &[guest, map] : user) {
        next.given.erase(guest);
        if (map.isEmpty())
            continue;
        GuestAlignment given = withMap(*maps.recording, maps.found.guests[guest], map, budget);
        given.verdict = SyncVerdict::Aligned; // the user says so
        next.given.emplace(guest, std::move(given));
    }
    return next;
}

} // namespace

const ShownGuest *ShownGuests::of(const VmKey &vm) const
{
    const auto guest = std::ranges::find_if(
        guests, [&](const ShownGuest &shown) { return shown.isShown() && shown.alignment.vm == vm; });
    return guest == guests.end() ? nullptr : &*guest;
}

std::optional<GuestCpuOnHost> ShownGuests::on(const VcpuKey &vcpu) const
{
    const ShownGuest *guest = of(vcpu.vm);
    if (!guest)
        return std::nullopt;
    const auto &vcpuOf = guest->alignment.vcpuOf;
    const auto cpu = std::ranges::find(vcpuOf, std::optional(vcpu.vcpu));
    if (cpu == vcpuOf.end())
        return std::nullopt;
    return GuestCpuOnHost(*guest->trace, guest->trace->cpus[std::size_t(cpu - vcpuOf.begin())], guest->alignment.map);
}

GuestMaps findMaps(std::shared_ptr<const Recording> recording, const AlignOptions &userMaps, CancelFlag cancel)
{
    GuestMaps maps;
    maps.found = alignGuests(*recording, {}, cancel);
    if (!userMaps.userMaps.empty()) {
        const Alignments with = alignGuests(*recording, userMaps, cancel);
        for (const auto &[guest, map] : userMaps.userMaps)
            maps.given.emplace(guest, with.guests[guest]);
    }
    maps.recording = std::move(recording);
    return maps;
}

ShownGuests showGuests(const GuestMaps &maps, const ClockChoices &choices, const SearchBudget &budget)
{
    ShownGuests shown;
    shown.recording = maps.recording;
    for (std::size_t guest = 0; guest < maps.found.guests.size(); ++guest) {
        shown.guests.push_back(showGuest(maps, guest, choices, budget));
        const auto given = maps.given.find(guest);
        tellAlignment(
            *shown.recording, given == maps.given.end() ? maps.found.guests[guest] : given->second, shown.diagnostics);
    }
    return shown;
}

GuestClocks::GuestClocks(QObject *parent)
    : QObject(parent), m_job(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
}

GuestClocks::~GuestClocks()
{
    if (m_cancel)
        *m_cancel = true;
}

void GuestClocks::set(std::shared_ptr<const Recording> recording, const AlignOptions &userMaps)
{
    if (m_cancel)
        *m_cancel = true; // of another recording
    m_recording = std::move(recording);
    m_choices.clear();
    m_newUserMaps.clear();
    m_maps.reset();
    m_current.reset();
    m_cancel = std::make_shared<std::atomic<bool>>(false);
    Q_EMIT changed();
    if (m_recording->guests.empty())
        return;
    m_job.start([this, of = m_recording, userMaps, cancel = m_cancel](const std::atomic<bool> &) -> NewestJob::Finish {
        auto maps = std::make_shared<const GuestMaps>(findMaps(of, userMaps, cancel.get()));
        auto shown = std::make_shared<const ShownGuests>(showGuests(*maps, {}, SearchBudget(cancel.get())));
        return [this, maps, shown] {
            if (maps->recording != m_recording)
                return;
            m_maps = maps;
            m_current = shown;
            if (!m_choices.empty())
                show();
            Q_EMIT changed();
        };
    });
}

void GuestClocks::choose(const ClockChoices &choices)
{
    if (choices == m_choices)
        return;
    m_choices = choices;
    if (m_maps) // else they are shown when the maps are there
        show();
}

void GuestClocks::setUserMap(std::size_t guest, const ClockMap &map)
{
    if (!m_maps)
        return;
    m_newUserMaps.insert_or_assign(guest, map);
    show();
}

void GuestClocks::show()
{
    m_job.start([this, maps = m_maps, choices = m_choices, user = m_newUserMaps](
                    const std::atomic<bool> &cancel) -> NewestJob::Finish {
        const SearchBudget budget(&cancel);
        const auto next = user.empty() ? maps : std::make_shared<const GuestMaps>(withUserMaps(*maps, user, budget));
        return [this, next, user, shown = std::make_shared<const ShownGuests>(showGuests(*next, choices, budget))] {
            if (shown->recording != m_recording)
                return;
            m_maps = next;
            for (const auto &[guest, map] : user)
                if (const auto same = m_newUserMaps.find(guest); same != m_newUserMaps.end() && same->second == map)
                    m_newUserMaps.erase(same); // else there is a newer one
            m_current = shown;
            Q_EMIT changed();
        };
    });
}

} // namespace exitscope
