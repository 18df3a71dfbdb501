// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QDockWidget>
#include <QSet>
#include <QTest>

#include "app/window/problem_panel.h"
#include "tests/app/opened_window.h"

using namespace exitscope;
using namespace exitscope::test;

class TestAccessibility : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyControlHasAName();
    void tabReachesEveryPart();
};

namespace {

QString accessibleName(QWidget *widget)
{
    const QAccessibleInterface *accessible = QAccessible::queryAccessibleInterface(widget);
    return accessible ? accessible->text(QAccessible::Name) : QString();
}

// What Qt makes for its own ends inside a control.
bool isInnerPart(const QWidget *widget)
{
    return widget->objectName().startsWith(QStringLiteral("qt_")) || widget->focusProxy() != nullptr
        || qobject_cast<const QAbstractScrollArea *>(widget->parentWidget()) != nullptr;
}

} // namespace

void TestAccessibility::everyControlHasAName()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    window.state().setReasons({{2, 114}});
    window->problem().showLoadFailure({QStringLiteral("/t")}, {});
    QSet<QWidget *> controls;
    for (QDockWidget *dock : window->workspace().findChildren<QDockWidget *>()) {
        dock->raise(); // one of those behind each other is visible at a time
        QVERIFY(window.waitForLayout());
        for (QWidget *widget : window->findChildren<QWidget *>())
            if (widget->isVisible() && widget->focusPolicy() != Qt::NoFocus && !isInnerPart(widget))
                controls.insert(widget);
    }
    QVERIFY2(controls.size() > 20, qPrintable(QString::number(controls.size())));
    QStringList nameless;
    for (QWidget *widget : std::as_const(controls))
        if (accessibleName(widget).isEmpty())
            nameless.append(QStringLiteral("%1 in %2")
                                .arg(QString::fromLatin1(widget->metaObject()->className()),
                                    QString::fromLatin1(widget->parentWidget()->metaObject()->className())));
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QLatin1Char('\n'))));
}

void TestAccessibility::tabReachesEveryPart()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    window.state().setReasons({{2, 114}});
    QSet<QString> reached;
    for (int i = 0; i < 80; ++i) {
        QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &*window, Qt::Key_Tab);
        for (const QWidget *widget = QApplication::focusWidget(); widget; widget = widget->parentWidget())
            reached.insert(QString::fromLatin1(widget->metaObject()->className()));
    }
    for (const char *part : {"exitscope::FilterChips", "exitscope::OverviewView", "exitscope::TimelineView",
             "exitscope::PieView", "exitscope::HistogramView", "exitscope::StatisticsTable"})
        QVERIFY2(reached.contains(QString::fromLatin1(part)), part);
}

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
