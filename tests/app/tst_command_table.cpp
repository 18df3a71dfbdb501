// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QMainWindow>
#include <QMenuBar>
#include <QTest>
#include <QToolBar>

#include "app/window/actions.h"
#include "app/window/dialogs/key_sheet.h"

using namespace exitscope;

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

QList<QAction *> allActions(const QList<QAction *> &actions)
{
    QList<QAction *> all;
    for (QAction *action : actions) {
        all.append(action);
        if (action->menu())
            all.append(allActions(action->menu()->actions()));
    }
    return all;
}

} // namespace

class TestCommandTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCommandIsInAMenu();
    void keysAreValidAndUnique();
    void mnemonicsOfAMenuAreUnique();
    void everyActionTellsWhatItDoes();
    void choicesExcludeEachOther();
    void keySheetListsAllKeys();
    void manualListsTheSameKeys();
};

void TestCommandTable::everyCommandIsInAMenu()
{
    QMainWindow window;
    const Actions actions(window);
    const QList<QAction *> reachable = allActions(window.menuBar()->actions());
    for (const CommandInfo &command : commandTable())
        QVERIFY2(reachable.contains(actions[command.id]), qPrintable(commandText(command)));
}

void TestCommandTable::keysAreValidAndUnique()
{
    QMap<QString, QString> owners;
    for (const CommandInfo &command : commandTable()) {
        for (const QKeySequence &key : keysOf(command) + chartKeysOf(command)) {
            QVERIFY2(!key.isEmpty() && key[0].key() != Qt::Key_unknown, qPrintable(commandText(command)));
            const QString name = key.toString(QKeySequence::PortableText);
            QVERIFY2(!owners.contains(name),
                qPrintable(QStringLiteral("%1: %2 and %3").arg(name, owners.value(name), commandText(command))));
            owners[name] = commandText(command);
        }
    }
    QVERIFY(owners.contains(QStringLiteral("]")));
    QVERIFY(owners.contains(QStringLiteral("Ctrl+Shift+Z")));
}

void TestCommandTable::mnemonicsOfAMenuAreUnique()
{
    std::map<MenuId, QString> used;
    for (const CommandInfo &command : commandTable()) {
        const qsizetype at = text(command.text).indexOf(QLatin1Char('&'));
        QVERIFY2(at >= 0, qPrintable(commandText(command)));
        const QChar letter = text(command.text).at(at + 1).toLower();
        QVERIFY2(!used[command.menu].contains(letter), qPrintable(commandText(command)));
        used[command.menu].append(letter);
    }
}

void TestCommandTable::everyActionTellsWhatItDoes()
{
    QMainWindow window;
    const Actions actions(window);
    for (const CommandInfo &command : commandTable()) {
        const QString toolTip = actions[command.id]->toolTip();
        QVERIFY2(toolTip.contains(text(command.meaning)), qPrintable(commandText(command)));
        QVERIFY2(toolTip.contains(keysText(command)), qPrintable(commandText(command)));
        QCOMPARE(actions.toolBar()->actions().contains(actions[command.id]), command.inToolBar);
    }
}

void TestCommandTable::choicesExcludeEachOther()
{
    QMainWindow window;
    const Actions actions(window);
    actions[CommandId::MeasureGross]->setChecked(true);
    actions[CommandId::ThemeDark]->setChecked(true);
    actions[CommandId::MeasureNet]->setChecked(true);
    QVERIFY(!actions[CommandId::MeasureGross]->isChecked());
    QVERIFY(actions[CommandId::ThemeDark]->isChecked());
}

void TestCommandTable::keySheetListsAllKeys()
{
    const QString html = KeySheet::html();
    for (const CommandInfo &command : commandTable())
        if (!keysText(command).isEmpty())
            QVERIFY2(html.contains(keysText(command).toHtmlEscaped()), qPrintable(commandText(command)));
    for (const GestureInfo &gesture : gestureTable())
        QVERIFY2(html.contains(text(gesture.gesture).toHtmlEscaped()), gesture.gesture.data());
}

// The rows of the manual's table of keys, "| `keys` | what |", are exactly those of the table.
void TestCommandTable::manualListsTheSameKeys()
{
    QFile page(QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/manual/window.md"));
    QVERIFY(page.open(QIODevice::ReadOnly));
    const QString all = QString::fromUtf8(page.readAll());
    const QString heading = QStringLiteral("\n## Keys\n");
    const qsizetype begin = all.indexOf(heading);
    QVERIFY2(begin >= 0, "the manual has no section Keys");
    const qsizetype end = all.indexOf(QStringLiteral("\n#"), begin + heading.size());
    QStringList rows;
    for (const QString &line : all.mid(begin, end - begin).split(QLatin1Char('\n')))
        if (line.startsWith(QStringLiteral("| ")) && !line.startsWith(QStringLiteral("| ---")))
            rows.append(line);
    QVERIFY(!rows.isEmpty());
    rows.removeFirst(); // the titles

    QStringList expected;
    for (const CommandInfo &command : commandTable())
        if (!keysText(command).isEmpty())
            expected.append(QStringLiteral("| %1 | %2 |").arg(keysText(command), text(command.meaning)));
    for (const GestureInfo &gesture : gestureTable())
        expected.append(QStringLiteral("| %1 | %2 |").arg(text(gesture.gesture), text(gesture.meaning)));
    QCOMPARE(rows.join(QLatin1Char('\n')), expected.join(QLatin1Char('\n')));
}

QTEST_MAIN(TestCommandTable)
#include "tst_command_table.moc"
