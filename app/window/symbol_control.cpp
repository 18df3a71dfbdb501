// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/symbol_control.h"

#include <utility>

#include "app/common/trace_symbols.h"
#include "app/window/dialogs/symbol_dialog.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

SymbolSource sourceOf(const SymbolFile &file)
{
    return {textOf(file), [file](QString &fault, CancelFlag) { return readSymbols(file, fault); }};
}

const QString &nameOf(const Recording &recording, const VmKey &vm)
{
    return recording.hosts[vm.host].vms[vm.vm].name;
}

} // namespace

SymbolControl::SymbolControl(Workspace &workspace, const QString &storeDirectory, const QStringList &given,
    const ReaderOptions &reader, QWidget &window)
    : QObject(&window), m_workspace(workspace), m_store(storeDirectory), m_given(given), m_reader(reader),
      m_window(window)
{
    connect(&m_workspace.clocks(), &GuestClocks::changed, this, &SymbolControl::offerThoseOfTraces);
    connect(&m_workspace.symbols(), &SessionSymbols::given, this, &SymbolControl::keep);
}

SessionSymbols::Sources SymbolControl::sourcesFor(const Recording &recording)
{
    m_asked.clear();
    if (m_dialog)
        m_dialog->close(); // it is about another recording
    QString error;
    if (!m_store.open(recording, error))
        Q_EMIT failed(error);
    SessionSymbols::Sources sources;
    for (const VmAt &vm : vmsOf(recording))
        if (const auto file = m_store.files().find(vm.vm->name); file != m_store.files().end())
            sources.insert({vm.key, sourceOf(file->second)});
    return sources;
}

void SymbolControl::useGiven()
{
    QString error;
    const auto given = givenSymbols(std::exchange(m_given, {}), *m_workspace.recording(), error);
    if (!given)
        return tell(error);
    for (const GivenSymbols &of : *given)
        for (const VmKey &vm : of.vms)
            use(vm, of.file);
}

SymbolDialog *SymbolControl::dialog() const
{
    return m_dialog;
}

void SymbolControl::offerThoseOfTraces()
{
    SessionSymbols::Sources found;
    if (const auto &guests = m_workspace.clocks().current()) {
        for (const ShownGuest &guest : guests->guests) {
            const QString path = guest.isShown() ? traceDatOf(*guests->recording, *guest.trace) : QString();
            if (!path.isEmpty())
                found.insert({*guest.alignment.vm, {path, [path, reader = m_reader](QString &fault, CancelFlag cancel) {
                                                        return symbolsIn(path, reader, fault, cancel);
                                                    }}});
        }
    }
    m_workspace.symbols().offer(std::move(found));
}

void SymbolControl::openDialog()
{
    if (!m_workspace.recording())
        return;
    if (!m_dialog) {
        m_dialog = new SymbolDialog(*m_workspace.recording(), m_workspace.symbols(), &m_window);
        m_dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(m_dialog, &SymbolDialog::chosen, this, &SymbolControl::use);
        connect(m_dialog, &SymbolDialog::forgotten, this, &SymbolControl::forget);
    }
    m_dialog->show();
    m_dialog->raise();
    m_dialog->activateWindow();
}

bool SymbolControl::take(const QStringList &dropped)
{
    if (!m_workspace.recording() || dropped.size() != 1 || !isSymbolFile(dropped.front()))
        return false;
    const std::vector<VmAt> vms = vmsOf(*m_workspace.recording());
    if (vms.size() == 1) {
        use(vms.front().key, {dropped.front(), 0});
        return true;
    }
    openDialog();
    m_dialog->propose(dropped.front());
    return true;
}

void SymbolControl::use(const VmKey &vm, const SymbolFile &file)
{
    m_asked.insert_or_assign(vm, file);
    m_workspace.symbols().give(vm, sourceOf(file));
}

void SymbolControl::keep(const VmKey &vm, const QString &fault)
{
    const auto asked = m_asked.find(vm);
    if (asked == m_asked.end())
        return;
    QString error = fault;
    if (fault.isEmpty())
        m_store.set(nameOf(*m_workspace.recording(), vm), asked->second, error);
    m_asked.erase(asked);
    tell(error);
}

void SymbolControl::forget(const VmKey &vm)
{
    QString error;
    if (m_store.remove(nameOf(*m_workspace.recording(), vm), error))
        m_workspace.symbols().forget(vm);
    tell(error);
}

void SymbolControl::tell(const QString &problem)
{
    if (m_dialog)
        m_dialog->say(problem);
    else if (!problem.isEmpty())
        Q_EMIT failed(problem);
}

} // namespace exitscope
