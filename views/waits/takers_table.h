// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/causes/takers.h"
#include "views/tables/number_table.h"

namespace exitscope {

class KindBarDelegate;
class KindLegend;

// Who had the pCPU while vCPUs of the selected range waited for it: each vCPU with a bar by kind, below it the threads
// (manual "Who took the CPU"). A click on a vCPU filters by it; one on a thread shows the longest stretch in which it
// ran there, again the next longest.
class TakersTable : public NumberTable {
    Q_OBJECT

public:
    explicit TakersTable(ViewState &state, QWidget *parent = nullptr);

    void setTheme(const Theme &theme) override;
    std::function<QString(CancelFlag cancel)> csv() const override;
    bool isSearching() const { return m_search.isBusy(); }

protected:
    Selection askedOf(const Selection &selection) const override;
    void choose(const QModelIndex &index, const NumberRow &row, bool add) override;

private:
    struct Taken { // what a click goes through
        std::weak_ptr<const Recording> recording; // it does not keep one that is shown no more
        Selection selection;
        VcpuKey vcpu;
        std::uint32_t thread = kUnknownHostThread;
        std::vector<TimeRange> stretches; // the longest first
        std::size_t at = 0;
    };

    void showTaken(const VcpuKey &vcpu, std::uint32_t thread);
    void goTo(const Taken &taken);

    KindBarDelegate *m_bars;
    KindLegend *m_legend;
    Taken m_taken;
    NewestJob m_search; // the last member: its end waits for the search under way
};

} // namespace exitscope
