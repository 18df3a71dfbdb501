// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/thread_list.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "model/clock/hosted_guest.h"

namespace exitscope {

namespace {

// Names as people read them: "worker-8" before "worker-10".
bool isNamedBefore(const QString &a, const QString &b)
{
    const qsizetype dashA = a.lastIndexOf(QLatin1Char('-'));
    const qsizetype dashB = b.lastIndexOf(QLatin1Char('-'));
    const auto key = [](const QString &text, qsizetype dash) {
        return std::tuple(text.left(dash), text.mid(dash + 1).toLongLong(), text);
    };
    return key(a, dashA) < key(b, dashB);
}

template <typename Listed>
void sortListed(std::vector<Listed> &all, ThreadOrder order)
{
    std::ranges::sort(
        all,
        [order](const Listed &a, const Listed &b) {
            if (order == ThreadOrder::Lost && a.lost != b.lost)
                return a.lost > b.lost;
            if (order == ThreadOrder::FirstRun && a.firstRun != b.firstRun)
                return a.firstRun < b.firstRun;
            return isNamedBefore(a.label, b.label);
        });
}

ListedGuest listGuest(const Recording &recording, const ShownGuest &shown, CancelFlag cancel)
{
    const GuestTrace &guest = *shown.trace;
    ListedGuest listed;
    listed.guest = shown.alignment.guest;
    listed.vm = *shown.alignment.vm;
    listed.hosted = std::make_shared<const GuestOnHost>(hostedGuest(recording, shown.alignment));
    for (std::size_t cpu = 0; cpu < guest.cpus.size(); ++cpu) {
        const std::optional<std::size_t> vcpu
            = cpu < shown.alignment.vcpuOf.size() ? shown.alignment.vcpuOf[cpu] : std::nullopt;
        listed.vcpus.push_back(vcpu ? vcpuAt(recording, {listed.vm, *vcpu}) : std::nullopt);
    }
    std::map<QString, std::size_t> processes;
    for (std::uint32_t i = 0; i < guest.threads.size() && !isCancelled(cancel); ++i) {
        ThreadOnHost of(*listed.hosted, i);
        if (guest.threads.isIdle(i) || !of.isKnown())
            continue;
        ListedThread thread;
        thread.thread = i;
        thread.label = guest.threadText(i);
        thread.lost = lostIn(of.within(listed.hosted->range()));
        thread.firstRun = of.firstRun().value_or(kEndOfRecording);
        const QString process = guest.processText(i);
        const QString label = process.isEmpty() ? thread.label : process;
        const auto [known, isNew] = processes.try_emplace(label, listed.processes.size());
        if (isNew)
            listed.processes.push_back({label, 0, kEndOfRecording, {}});
        ListedProcess &to = listed.processes[known->second];
        to.lost += thread.lost;
        to.firstRun = std::min(to.firstRun, thread.firstRun);
        listed.lost += thread.lost;
        ++listed.threads;
        to.threads.push_back(std::move(thread));
    }
    return listed;
}

} // namespace

std::optional<VcpuAt> ListedGuest::vcpuOf(std::int32_t cpu) const
{
    const std::vector<GuestCpu> &cpus = hosted->guest().cpus;
    const auto found = std::ranges::find(cpus, cpu, &GuestCpu::number);
    return found == cpus.end() ? std::nullopt : vcpus[std::size_t(found - cpus.begin())];
}

const ListedGuest *ThreadList::of(const VmKey &vm) const
{
    const auto found = std::ranges::find(guests, vm, &ListedGuest::vm);
    return found == guests.end() ? nullptr : &*found;
}

ThreadList listThreads(std::shared_ptr<const ShownGuests> shown, CancelFlag cancel)
{
    ThreadList list;
    for (const ShownGuest &guest : shown->guests)
        if (guest.isShown() && !isCancelled(cancel))
            list.guests.push_back(listGuest(*shown->recording, guest, cancel));
    list.shown = std::move(shown);
    return inOrder(std::move(list), ThreadOrder::Lost);
}

ThreadList inOrder(ThreadList list, ThreadOrder order)
{
    for (ListedGuest &guest : list.guests) {
        sortListed(guest.processes, order);
        for (ListedProcess &process : guest.processes)
            sortListed(process.threads, order);
    }
    list.order = order;
    return list;
}

} // namespace exitscope
