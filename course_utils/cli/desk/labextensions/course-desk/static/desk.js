// The overview of the lessons, as the first tab of JupyterLab. The server makes it; links open lessons beside it.
//
// JupyterLab asks a prebuilt extension for two functions: init gets the modules that it shares, get its plugins. So few
// lines need no bundler.

const COMMAND = "course-desk:open";
const NARROW = 600; // pixels; the file browser would leave no room for anything else
const SILENT = `<p class="desk-silent" role="alert">The overview cannot be shown, because the course's server does not
    answer. Start it again: course lab. The lessons are in the file browser as well.</p>`;

/** @type {any} */
let shared;

/**
 * Return a module that JupyterLab shares.
 * @param {string} name
 */
async function load(name) {
    const [version] = Object.values(shared[name]);
    return (await version.get())();
}

/**
 * Return the tab with the overview.
 * @param {any} app the JupyterLab application
 * @param {any} Widget Lumino's class
 */
function makeTab(app, Widget) {
    const node = document.createElement("div");
    const address = `${app.serviceManager.serverSettings.baseUrl}course/desk`;
    const tab = new Widget({ node });
    tab.id = "course-desk";
    tab.addClass("course-desk-tab");
    tab.title.label = "Lessons";
    tab.title.caption = "All lessons, and how far you are";
    tab.title.closable = true;

    // Progress changes while a lesson is open, so ask for it again whenever the tab comes to the front.
    const refresh = async () => {
        if (tab.isVisible) {
            const answer = await fetch(address).catch(() => null);
            const html = answer?.ok ? await answer.text() : SILENT;
            if (html !== tab.html) {
                const place = node.contains(document.activeElement) && document.activeElement?.getAttribute("href");
                node.innerHTML = tab.html = html;
                if (place) /** @type {HTMLElement | null} */ (node.querySelector(`[href="${place}"]`))?.focus();
            }
        }
    };
    tab.onAfterShow = refresh;
    tab.onAfterAttach = refresh;
    addEventListener("focus", refresh);
    tab.disposed.connect(() => removeEventListener("focus", refresh));

    node.addEventListener("click", (event) => {
        const link = /** @type {Element} */ (event.target).closest("a[data-notebook]");
        if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
            event.preventDefault();
            app.commands.execute("docmanager:open", { path: /** @type {HTMLElement} */ (link).dataset.notebook });
        }
    });
    return tab;
}

/** @param {any} app @param {any} launcher the tab for new documents, if this JupyterLab has one */
async function activate(app, launcher) {
    const { Widget } = await load("@lumino/widgets");
    /** @type {any} */
    let tab = null;
    const show = (/** @type {boolean} */ front) => {
        if (!tab || tab.isDisposed) tab = makeTab(app, Widget);
        if (!tab.isAttached) app.shell.add(tab, "main", { rank: 0, activate: front });
        if (front) app.shell.activateById(tab.id);
    };
    app.commands.addCommand(COMMAND, {
        label: "Lessons",
        caption: "All lessons of the course, and how far you are",
        execute: () => show(true),
    });
    launcher?.add({ command: COMMAND, category: "Course", rank: 0 });
    // Not awaited, since JupyterLab waits for its plugins first. An address with a notebook opens on the notebook.
    app.restored.then(() => {
        show(!location.pathname.includes("/tree/"));
        if (innerWidth < NARROW) app.shell.collapseLeft();
    });
}

/** @type {any} */ (window)._JUPYTERLAB ??= {};
/** @type {any} */ (window)._JUPYTERLAB["course-desk"] = {
    init: (/** @type {any} */ scope) => (shared = scope),
    get: async () => {
        const { ILauncher } = await load("@jupyterlab/launcher");
        const plugin = { id: "course-desk:plugin", autoStart: true, optional: [ILauncher], activate };
        return () => ({ __esModule: true, default: plugin });
    },
};
