// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/dialogs/symbol_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "model/number_format.h"
#include "model/vcpu_walk.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

QLabel *newText(const QString &accessibleName)
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setAccessibleName(accessibleName);
    return label;
}

} // namespace

SymbolDialog::SymbolDialog(const Recording &recording, SessionSymbols &symbols, QWidget *parent)
    : QDialog(parent), m_symbols(symbols)
{
    setWindowTitle(QStringLiteral("Guest symbols"));
    build();
    for (const VmAt &vm : vmsOf(recording)) {
        m_vms.push_back(vm.key);
        m_vm->addItem(vm.vm->name);
    }
    refresh();
    connect(&m_symbols, &SessionSymbols::changed, this, &SymbolDialog::refresh);
    connect(m_vm, &QComboBox::currentIndexChanged, this, &SymbolDialog::refresh);
    connect(m_file, &QLineEdit::textChanged, this, &SymbolDialog::refresh);
    connect(m_use, &QPushButton::clicked, this, &SymbolDialog::use);
    connect(m_forget, &QPushButton::clicked, this, [this] {
        if (const std::optional<VmKey> of = vm())
            Q_EMIT forgotten(*of);
    });
}

void SymbolDialog::build()
{
    m_vm = new QComboBox;
    m_vm->setAccessibleName(QStringLiteral("VM"));
    m_file = new QLineEdit;
    m_file->setAccessibleName(QStringLiteral("File of symbols"));
    m_file->setToolTip(QStringLiteral("A copy of the guest's /proc/kallsyms as its root reads it, or the System.map of "
                                      "its kernel"));
    m_offset = new QLineEdit;
    m_offset->setAccessibleName(QStringLiteral("Offset of KASLR"));
    m_offset->setPlaceholderText(QStringLiteral("0"));
    m_offset->setToolTip(QStringLiteral("By what the guest's kernel moved itself when it booted, in hex: for a "
                                        "System.map; a kallsyms has its addresses moved already"));
    m_state = newText(QStringLiteral("What is used"));
    m_problem = newText(QStringLiteral("Problem"));
    m_problem->hide();
    auto *browse = new QPushButton(QStringLiteral("&Browse…"));
    connect(browse, &QPushButton::clicked, this, &SymbolDialog::browse);
    auto *fileRow = new QHBoxLayout;
    fileRow->addWidget(m_file, 1);
    fileRow->addWidget(browse);

    auto *form = new QFormLayout;
    form->addRow(QStringLiteral("&VM:"), m_vm);
    form->addRow(QStringLiteral("&File:"), fileRow);
    form->addRow(QStringLiteral("&Offset:"), m_offset);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    m_use = buttons->addButton(QStringLiteral("&Use"), QDialogButtonBox::ActionRole);
    m_use->setToolTip(QStringLiteral("Name this VM's functions by the file, now and the next time the recording is "
                                     "opened"));
    m_forget = buttons->addButton(QStringLiteral("For&get"), QDialogButtonBox::ActionRole);
    m_forget->setToolTip(QStringLiteral("Use the file for this VM no longer"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addSpacing(8);
    layout->addWidget(m_state);
    layout->addWidget(m_problem);
    layout->addStretch(1);
    layout->addWidget(buttons);
    m_use->setDefault(true);
    setMinimumWidth(560);
}

std::optional<VmKey> SymbolDialog::vm() const
{
    const int index = m_vm->currentIndex();
    return index < 0 ? std::nullopt : std::optional(m_vms[std::size_t(index)]);
}

QString SymbolDialog::state() const
{
    return m_state->text();
}

QString SymbolDialog::problem() const
{
    return m_problem->isHidden() ? QString() : m_problem->text();
}

void SymbolDialog::propose(const QString &path)
{
    m_file->setText(visibleText(path));
    m_file->setProperty("path", path); // names that are no UTF-8 cannot be shown as they are
    m_offset->clear();
}

void SymbolDialog::say(const QString &problem)
{
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

void SymbolDialog::refresh()
{
    const std::optional<VmKey> of = vm();
    m_use->setEnabled(of && !m_file->text().isEmpty());
    m_forget->setEnabled(of && m_symbols.isGiven(*of));
    const GuestSymbols::Kernel *kernel = of && m_symbols.current() ? m_symbols.current()->of(*of) : nullptr;
    const std::optional<SymbolShare> share = of ? m_symbols.shareOf(*of) : std::nullopt;
    if (!kernel || !share) {
        m_state->setText(QStringLiteral("No symbols of this VM's kernel are known."));
        return;
    }
    m_state->setText(QStringLiteral("%1: %2 functions, which hold %3 of the %4 kernel addresses of this VM's exits%5.")
                         .arg(visibleText(m_symbols.sourceOf(*of)), formatCount(qint64(kernel->symbols->size())),
                             formatCount(share->inFunctions), formatCount(share->addresses),
                             share->isLow() ? QStringLiteral(": symbols of another kernel") : QString()));
}

void SymbolDialog::browse()
{
    const QString path = QFileDialog::getOpenFileName(this, QStringLiteral("Symbols of the guest's kernel"),
        m_file->property("path").toString(),
        QStringLiteral("kallsyms, System.map (*kallsyms* System.map*);;All files (*)"));
    if (!path.isEmpty())
        propose(path);
}

void SymbolDialog::use()
{
    const std::optional<VmKey> of = vm();
    if (!of)
        return;
    const QString proposed = m_file->property("path").toString();
    SymbolFile file;
    file.path = visibleText(proposed) == m_file->text() ? proposed : m_file->text();
    QString digits = m_offset->text().trimmed();
    if (digits.startsWith(QLatin1String("0x"), Qt::CaseInsensitive))
        digits.remove(0, 2);
    bool isOffset = true;
    if (!digits.isEmpty())
        file.offset = digits.toULongLong(&isOffset, 16);
    if (!isOffset)
        return say(QStringLiteral("'%1' is no offset; give it in hex, such as 1c000000").arg(m_offset->text()));
    say({});
    Q_EMIT chosen(*of, file);
}

} // namespace exitscope
