// Plain EventSource: it stays closed after the job has finished.
import { closeOnLeave, element, showState } from "./page.js";

const states = ["connecting", "open", "closed"];

let source;

function watch(id) {
  source?.close();
  source = new EventSource(`events/jobs/${id}`);
  const show = () => showState("job-state", states[source.readyState]);
  source.onopen = show;
  source.onerror = show;
  source.addEventListener("progress", (event) => {
    const { step, steps } = JSON.parse(event.data);
    element("job-progress").value = step / steps;
    element("job-step").textContent = step < steps ? `Step ${step} of ${steps}` : "Finished";
  });
  show();
}

element("job-start").addEventListener("click", async () => {
  const response = await fetch("jobs", { method: "POST" });
  const { id } = await response.json();
  location.hash = id;
});

const watchWhatIsAskedFor = () => location.hash && watch(location.hash.slice(1));

addEventListener("hashchange", watchWhatIsAskedFor);
closeOnLeave({ close: () => source?.close() });
watchWhatIsAskedFor();
