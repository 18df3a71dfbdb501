// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <map>
#include <memory>
#include <optional>

#include "model/cancel_flag.h"
#include "model/clock/alignment.h"
#include "model/guest/guest_threads.h"
#include "model/session/clock_choice.h"
#include "model/session/newest_job.h"

namespace exitscope {

// A guest under the map that is shown.
struct ShownGuest {
    const GuestTrace *trace = nullptr;
    ClockChoice choice;
    bool isChosen = false; // by the user, who thereby also shows a guest that is not surely aligned
    bool hasEstimate = false; // the maps that there are to choose from
    bool hasUser = false;
    GuestAlignment found; // without the user's doing
    GuestAlignment alignment; // under the map that is shown
    std::optional<Ns> uncertainty; // how far the truth can be from the map, ns; none if nothing proves anything
    std::vector<Ns> misfits; // where guest events fall out of guest mode: on the host's clock, ordered

    // Its threads are put under the vCPUs.
    bool isShown() const { return alignment.vm && !alignment.map.isEmpty() && (alignment.isAligned() || isChosen); }
};

// All guests of a recording. Immutable; points into the recording, which it keeps.
struct ShownGuests {
    std::shared_ptr<const Recording> recording;
    std::vector<ShownGuest> guests;
    Diagnostics diagnostics; // of the maps that were found or that the user gave

    // The guest that is shown in a VM; null if none is.
    const ShownGuest *of(const VmKey &vm) const;
    // The guest CPU that runs on a vCPU.
    std::optional<GuestCpuOnHost> on(const VcpuKey &vcpu) const;
};

// Maps that were found once for a recording, with and without those that the user gave.
struct GuestMaps {
    std::shared_ptr<const Recording> recording;
    Alignments found;
    std::map<std::size_t, GuestAlignment> given; // by guest
};
GuestMaps findMaps(
    std::shared_ptr<const Recording> recording, const AlignOptions &userMaps, CancelFlag cancel = nullptr);

// By the paths of their traces; a guest without a choice shows the user's map, else the one found.
using ClockChoices = std::map<QString, ClockChoice>;
// Of no use if the budget ended meanwhile.
ShownGuests showGuests(const GuestMaps &maps, const ClockChoices &choices, const SearchBudget &budget = {});

// Keeps what is shown of the guests up to date, off the calling thread; the newest choice wins.
class GuestClocks : public QObject {
    Q_OBJECT

public:
    explicit GuestClocks(QObject *parent = nullptr);
    ~GuestClocks() override;

    void set(std::shared_ptr<const Recording> recording, const AlignOptions &userMaps);
    void choose(const ClockChoices &choices);
    // From now on the user's map of that guest; an empty one: there is none any more.
    void setUserMap(std::size_t guest, const ClockMap &map);

    // Null until the maps of the recording are found.
    const std::shared_ptr<const ShownGuests> &current() const { return m_current; }
    bool isBusy() const { return m_job.isBusy(); }

Q_SIGNALS:
    void changed(); // current() is new
    void failed(const exitscope::Diagnostic &cause); // what is there stays

private:
    void show();

    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const GuestMaps> m_maps; // of m_recording, or null
    ClockChoices m_choices;
    std::map<std::size_t, ClockMap> m_newUserMaps; // by guest: not yet in m_maps
    std::shared_ptr<const ShownGuests> m_current;
    std::shared_ptr<std::atomic<bool>> m_cancel;
    NewestJob m_job; // the last member: its end waits for the work under way
};

} // namespace exitscope
