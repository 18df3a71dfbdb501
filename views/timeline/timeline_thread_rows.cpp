// SPDX-License-Identifier: GPL-3.0-or-later
// The processes and threads of a VM's guest as rows: a tree below its vCPUs, of which nothing is drawn here.
#include <algorithm>
#include <utility>

#include "model/number_format.h"
#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

// Which rows a guest has.
class ThreadRowList {
public:
    ThreadRowList(std::vector<TimelineRow> &rows, const TimelineOptions &options, const ExitFilters &filters,
        std::size_t list, const VmKey &vm)
        : m_rows(rows), m_options(options), m_filters(filters), m_list(list), m_guest(options.threadList->guests[list]),
          m_vm(vm)
    {
    }

    void add();

private:
    bool fits(const QString &label) const { return label.contains(m_options.threadsNamed, Qt::CaseInsensitive); }
    bool isPinned(const ListedThread &thread) const
    {
        return m_options.pinned.contains({m_guest.guest, thread.thread});
    }
    bool isToggled(const QString &process) const { return m_options.toggled.contains({m_guest.guest, process}); }
    bool isChosen(const ListedProcess &process, const ListedThread &thread) const
    {
        return (m_filters.processes.empty() || m_filters.processes.contains(process.label))
            && (m_filters.threads.empty() || m_filters.threads.contains(thread.label));
    }
    void addPinned();
    void addProcess(std::size_t process);
    void addThread(std::size_t process, std::size_t thread, int depth);
    TimelineRow &push(const ThreadRow &what, const QString &label);

    std::vector<TimelineRow> &m_rows;
    const TimelineOptions &m_options;
    const ExitFilters &m_filters;
    std::size_t m_list;
    const ListedGuest &m_guest;
    VmKey m_vm;
};

TimelineRow &ThreadRowList::push(const ThreadRow &what, const QString &label)
{
    TimelineRow &row = m_rows.emplace_back();
    row.vm = m_vm;
    row.threads = what;
    row.label = label;
    return row;
}

void ThreadRowList::add()
{
    TimelineRow &header = push({m_list, std::nullopt, std::nullopt, 0, false}, QStringLiteral("Guest threads"));
    header.collapsed = isToggled({}) && m_options.threadsNamed.isEmpty();
    const bool isFolded = header.collapsed; // the row moves as others come
    addPinned();
    for (std::size_t i = 0; i < m_guest.processes.size() && !isFolded; ++i)
        addProcess(i);
}

void ThreadRowList::addPinned()
{
    if (m_options.pinned.empty())
        return;
    for (std::size_t process = 0; process < m_guest.processes.size(); ++process)
        for (std::size_t i = 0; i < m_guest.processes[process].threads.size(); ++i)
            if (isPinned(m_guest.processes[process].threads[i]))
                addThread(process, i, 1);
}

// One with a single thread is that thread's row; of others those threads are shown that are sought, or all.
void ThreadRowList::addProcess(std::size_t process)
{
    const ListedProcess &of = m_guest.processes[process];
    const bool isSought = fits(of.label);
    if (of.threads.size() == 1) {
        if (!isPinned(of.threads[0]) && (isSought || fits(of.threads[0].label)))
            addThread(process, 0, 1);
        return;
    }
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < of.threads.size() && !m_options.threadsNamed.isEmpty(); ++i)
        if (fits(of.threads[i].label))
            found.push_back(i);
    if (!isSought && found.empty())
        return;
    const bool isOpen = isToggled(of.label);
    TimelineRow &row = push({m_list, process, std::nullopt, 1, false}, of.label);
    row.collapsed = !isOpen && found.empty();
    row.chosen = std::ranges::any_of(of.threads, [&](const ListedThread &thread) { return isChosen(of, thread); });
    if (isOpen && isSought) {
        for (std::size_t i = 0; i < of.threads.size(); ++i)
            if (!isPinned(of.threads[i]))
                addThread(process, i, 2);
    } else {
        for (const std::size_t i : found)
            if (!isPinned(of.threads[i]))
                addThread(process, i, 2);
    }
}

void ThreadRowList::addThread(std::size_t process, std::size_t thread, int depth)
{
    const ListedThread &of = m_guest.processes[process].threads[thread];
    push({m_list, process, thread, depth, isPinned(of)}, of.label).chosen = isChosen(m_guest.processes[process], of);
}

} // namespace

void listThreadRows(
    std::vector<TimelineRow> &rows, const TimelineOptions &options, const ExitFilters &filters, const VmKey &vm)
{
    const ListedGuest *guest = options.threadList ? options.threadList->of(vm) : nullptr;
    if (guest) {
        ThreadRowList(rows, options, filters, std::size_t(guest - options.threadList->guests.data()), vm).add();
        return;
    }
    TimelineRow &header = rows.emplace_back();
    header.vm = vm;
    header.threads = ThreadRow{};
    header.label = options.threadList ? QStringLiteral("Guest threads: its guest was not traced, or the "
                                                       "guest's clock is not sure")
                                      : QStringLiteral("Guest threads: they are being listed");
}

TimelineOptions withAllThreads(TimelineOptions options, std::shared_ptr<const ThreadList> list)
{
    options.threads = true;
    options.toggled.clear();
    for (const ListedGuest &guest : list->guests)
        for (const ListedProcess &process : guest.processes)
            options.toggled.insert({guest.guest, process.label});
    options.threadList = std::move(list);
    return options;
}

const ListedGuest *guestOf(const TimelineLayout &layout, const TimelineRow &row)
{
    const bool isOne = row.threads && row.threads->list && layout.threadList;
    return isOne ? &layout.threadList->guests[*row.threads->list] : nullptr;
}

const ListedThread *threadOf(const TimelineLayout &layout, const TimelineRow &row)
{
    const ListedGuest *guest = guestOf(layout, row);
    return guest && row.threads->thread ? &guest->processes[*row.threads->process].threads[*row.threads->thread]
                                        : nullptr;
}

std::optional<ThreadInterval> threadAt(const TimelineLayout &layout, const TimelineRow &row, Ns t)
{
    const ListedThread *thread = threadOf(layout, row);
    const ListedGuest *guest = guestOf(layout, row);
    if (!thread || !guest->hosted->range().contains(t))
        return std::nullopt;
    return ThreadOnHost(*guest->hosted, thread->thread).at(t);
}

} // namespace exitscope
