//! [`Operation`]: what a task awaits while a call runs on another thread.

use super::{inside, workers};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use drivers::InterruptHandle;
use parking_lot::{Condvar, Mutex};
use pyo3::exceptions::{PyRuntimeError, PyStopIteration};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3_async_runtimes::TaskLocals;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a call tells its task.
enum News {
    /// It has ended.
    Done(PyResult<Py<PyAny>>),
    /// It wants this awaited.
    Await(Py<PyAny>),
}

/// A call on another thread, as both sides see it.
pub struct Job {
    news: Mutex<Option<News>>,
    answer: Mutex<Option<PyResult<Py<PyAny>>>>,
    answered: Condvar,
    cancelled: AtomicBool,
    /// Stops the statement that runs.
    running: Mutex<Option<Arc<dyn InterruptHandle>>>,
    /// Wakes the task up; set before the call begins.
    waker: Mutex<Option<Waker>>,
}

struct Waker {
    call_soon_threadsafe: Py<PyAny>,
    operation: Py<Operation>,
}

impl Job {
    fn new() -> Arc<Self> {
        Arc::new(Job {
            news: Mutex::new(None),
            answer: Mutex::new(None),
            answered: Condvar::new(),
            cancelled: AtomicBool::new(false),
            running: Mutex::new(None),
            waker: Mutex::new(None),
        })
    }

    /// Whether the call was asked to stop. It is told once: what it does to clean up may block again.
    pub fn take_cancelled(&self) -> bool {
        self.cancelled.swap(false, Ordering::AcqRel)
    }

    /// Asks the call to stop.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Release);
        let running = self.running.lock().clone();
        if let Some(running) = running {
            running.interrupt();
        }
    }

    /// A statement runs that `handle` can stop, until it is called with `None`.
    pub fn set_running(&self, handle: Option<Arc<dyn InterruptHandle>>) {
        *self.running.lock() = handle;
    }

    /// Leaves news for the task and wakes it up.
    fn tell(&self, py: Python<'_>, news: News) {
        let last = matches!(news, News::Done(_));
        *self.news.lock() = Some(news);
        let waker = match last {
            true => self.waker.lock().take(),
            false => self.waker.lock().as_ref().map(|w| w.clone_ref(py)),
        };
        let Some(waker) = waker else { return };
        // A loop that was closed meanwhile has nobody who waits.
        if let Err(e) = waker.call_soon_threadsafe.bind(py).call1((&waker.operation,))
            && !e.is_instance_of::<PyRuntimeError>(py)
        {
            e.write_unraisable(py, None);
        }
    }

    /// Has the task await something, from inside the call.
    pub fn await_in_task(&self, py: Python<'_>, awaitable: Py<PyAny>) -> PyResult<Py<PyAny>> {
        if self.take_cancelled() {
            awaitable.bind(py).getattr_opt("close")?.map(|close| close.call0()).transpose()?;
            return Err(inside::cancelled(py));
        }
        self.tell(py, News::Await(awaitable));
        py.detach(|| {
            let mut answer = self.answer.lock();
            loop {
                if let Some(answer) = answer.take() {
                    return answer;
                }
                self.answered.wait(&mut answer);
            }
        })
    }

    fn answer(&self, answer: PyResult<Py<PyAny>>) {
        *self.answer.lock() = Some(answer);
        self.answered.notify_one();
    }
}

impl Waker {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        Waker { call_soon_threadsafe: self.call_soon_threadsafe.clone_ref(py), operation: self.operation.clone_ref(py) }
    }
}

/// What is to be called.
struct Call {
    function: Py<PyAny>,
    args: Py<PyTuple>,
    kwargs: Option<Py<PyDict>>,
}

enum Phase {
    New(Call),
    /// The call runs; the future is what the task waits for.
    Waiting(Py<PyAny>),
    /// The task awaits something for the call.
    Awaiting(Py<PyAny>),
    Over,
}

/// A call of a blocking function on another thread, awaited by a task: ``await Operation(function, args, kwargs)``.
///
/// ``abandoned``: called with the result (on a thread, too) if the task was cancelled when there was one already.
#[pyclass(frozen, module = "oxalchemy._rs")]
pub struct Operation {
    job: Mutex<Arc<Job>>,
    phase: Mutex<Phase>,
    /// The loop and the context of the task.
    locals: Mutex<Option<TaskLocals>>,
    /// The task was cancelled by this.
    thrown: Mutex<Option<PyErr>>,
    abandoned: Mutex<Option<Py<PyAny>>>,
}

/// What the task does next.
enum Step {
    Yield(Py<PyAny>),
    Return(Py<PyAny>),
}

impl Step {
    fn show(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Step::Yield(what) => Ok(what),
            Step::Return(value) => Err(stop(py, value)?),
        }
    }
}

/// `StopIteration` with a value that may be a tuple or an exception itself.
fn stop(py: Python<'_>, value: Py<PyAny>) -> PyResult<PyErr> {
    Ok(PyErr::from_value(py.get_type::<PyStopIteration>().call1((value,))?))
}

impl Operation {
    fn job(&self) -> Arc<Job> {
        self.job.lock().clone()
    }

    fn locals(&self) -> PyResult<TaskLocals> {
        self.locals.lock().clone().ok_or_else(|| PyRuntimeError::new_err("the operation has not begun"))
    }

    /// Begins the call; the task waits for it.
    fn start(slf: &Bound<'_, Self>, call: Call, context: &Bound<'_, PyAny>) -> PyResult<Step> {
        let py = slf.py();
        let this = slf.get();
        let locals = this.locals()?;
        let job = this.job();
        *job.waker.lock() = Some(Waker {
            call_soon_threadsafe: locals.event_loop(py).getattr(intern!(py, "call_soon_threadsafe"))?.unbind(),
            operation: slf.clone().unbind(),
        });
        let run = context.getattr(intern!(py, "run"))?.unbind();
        let step = this.wait(py)?;
        workers::submit(Box::new(move |py| {
            let Call { function, args, kwargs } = call;
            let result = inside::within(&job, || {
                let mut all = vec![function.bind(py).clone()];
                all.extend(args.bind(py).iter());
                let all = PyTuple::new(py, all)?;
                run.bind(py).call(all, kwargs.as_ref().map(|k| k.bind(py))).map(Bound::unbind)
            });
            // What the call held ends on this thread: its ends may block.
            drop((function, args, kwargs, run));
            job.tell(py, News::Done(result));
        }))?;
        Ok(step)
    }

    /// The task waits until it is woken up.
    fn wait(&self, py: Python<'_>) -> PyResult<Step> {
        let future = self.locals()?.event_loop(py).call_method0(intern!(py, "create_future"))?;
        future.setattr(intern!(py, "_asyncio_future_blocking"), true)?;
        *self.phase.lock() = Phase::Waiting(future.clone().unbind());
        Ok(Step::Yield(future.unbind()))
    }

    fn advance(slf: &Bound<'_, Self>) -> PyResult<Step> {
        let py = slf.py();
        let this = slf.get();
        let phase = std::mem::replace(&mut *this.phase.lock(), Phase::Over);
        match phase {
            Phase::New(call) => {
                let locals = TaskLocals::with_running_loop(py)?.copy_context(py)?;
                let context = locals.context(py);
                *this.locals.lock() = Some(locals);
                Self::start(slf, call, &context)
            }
            Phase::Waiting(future) => {
                drop(future);
                let news = this.job().news.lock().take();
                match news {
                    None => this.wait(py),
                    Some(News::Done(result)) => Self::end(slf, result),
                    Some(News::Await(awaitable)) => {
                        let began = awaitable.bind(py).call_method0(intern!(py, "__await__"));
                        this.forward(py, began.and_then(|it| next_of(&it).map(|y| (it, y))))
                    }
                }
            }
            Phase::Awaiting(it) => {
                let it = it.into_bound(py);
                let next = next_of(&it);
                this.forward(py, next.map(|y| (it, y)))
            }
            Phase::Over => Err(PyRuntimeError::new_err("the operation was awaited already")),
        }
    }

    /// Goes on awaiting for the call, or gives it the answer.
    fn forward<'py>(&self, py: Python<'py>, next: PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)>) -> PyResult<Step> {
        match next {
            Ok((it, what)) => {
                *self.phase.lock() = Phase::Awaiting(it.unbind());
                return Ok(Step::Yield(what.unbind()));
            }
            Err(e) if e.is_instance_of::<PyStopIteration>(py) => {
                self.job().answer(Ok(e.value(py).getattr(intern!(py, "value"))?.unbind()));
            }
            Err(e) => self.job().answer(Err(e)),
        }
        self.wait(py)
    }

    /// The call has ended: so does the task's wait, or what is left is cleaned up.
    fn end(slf: &Bound<'_, Self>, result: PyResult<Py<PyAny>>) -> PyResult<Step> {
        let py = slf.py();
        let this = slf.get();
        let thrown = this.thrown.lock().take();
        let abandoned = this.abandoned.lock().take();
        this.take_over_context(py)?;
        let Some(thrown) = thrown else { return result.map(Step::Return) };
        match (result, abandoned) {
            (Ok(value), Some(abandoned)) => {
                *this.thrown.lock() = Some(thrown);
                *this.job.lock() = Job::new();
                let context = this.locals()?.context(py);
                Self::start(slf, Call { function: abandoned, args: PyTuple::new(py, [value])?.unbind(), kwargs: None }, &context)
            }
            (Ok(_), None) => Err(thrown),
            (Err(e), _) => {
                if !e.value(py).is(thrown.value(py)) {
                    thrown.set_context(py, Some(e));
                }
                Err(thrown)
            }
        }
    }

    /// Context variables that the call has set are the task's.
    fn take_over_context(&self, py: Python<'_>) -> PyResult<()> {
        let context = self.locals()?.context(py);
        if context.len()? == 0 {
            return Ok(());
        }
        for item in context.call_method0(intern!(py, "items"))?.try_iter()? {
            let (var, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
            if !var.call_method1(intern!(py, "get"), (py.None(),))?.is(&value) {
                var.call_method1(intern!(py, "set"), (value,))?;
            }
        }
        Ok(())
    }
}

fn next_of<'py>(it: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    it.call_method1(intern!(it.py(), "send"), (it.py().None(),))
}

#[pymethods]
impl Operation {
    #[new]
    #[pyo3(signature = (function, args, kwargs=None, abandoned=None))]
    fn new(function: Py<PyAny>, args: Py<PyTuple>, kwargs: Option<Py<PyDict>>, abandoned: Option<Py<PyAny>>) -> Self {
        Operation {
            job: Mutex::new(Job::new()),
            phase: Mutex::new(Phase::New(Call { function, args, kwargs })),
            locals: Mutex::default(),
            thrown: Mutex::default(),
            abandoned: Mutex::new(abandoned),
        }
    }

    fn __await__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        Self::advance(slf)?.show(slf.py())
    }

    /// Go on; a task sends nothing but ``None``.
    fn send(slf: &Bound<'_, Self>, _value: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        Self::advance(slf)?.show(slf.py())
    }

    /// The task was cancelled, or somebody throws into it: the call is asked to stop, and waited for.
    #[pyo3(signature = (typ, val=None, tb=None))]
    fn throw(
        slf: &Bound<'_, Self>,
        typ: &Bound<'_, PyAny>,
        val: Option<&Bound<'_, PyAny>>,
        tb: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        let error = match val.filter(|v| !v.is_none()) {
            Some(value) => PyErr::from_value(value.clone()),
            None if typ.is_instance_of::<pyo3::types::PyType>() => PyErr::from_value(typ.call0()?),
            None => PyErr::from_value(typ.clone()),
        };
        let phase = std::mem::replace(&mut *this.phase.lock(), Phase::Over);
        match phase {
            Phase::New(_) | Phase::Over => Err(error),
            Phase::Awaiting(it) => {
                let it = it.into_bound(py);
                let next = match it.getattr_opt(intern!(py, "throw"))? {
                    Some(throw) => throw.call1((typ, val, tb)),
                    None => Err(error),
                };
                this.forward(py, next.map(|y| (it, y)))?.show(py)
            }
            Phase::Waiting(_) => {
                *this.thrown.lock() = Some(error);
                this.job().cancel();
                let done = this.job().news.lock().as_ref().is_some_and(|n| matches!(n, News::Done(_)));
                match done {
                    true => {
                        *this.phase.lock() = Phase::Waiting(py.None());
                        Self::advance(slf)?.show(py)
                    }
                    false => this.wait(py)?.show(py),
                }
            }
        }
    }

    /// Nobody waits any more (the loop has gone): the call is asked to stop.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let phase = std::mem::replace(&mut *self.phase.lock(), Phase::Over);
        match phase {
            Phase::Waiting(_) => self.job().cancel(),
            Phase::Awaiting(it) => {
                self.job().cancel();
                self.job().answer(Err(inside::cancelled(py)));
                if let Some(close) = it.bind(py).getattr_opt(intern!(py, "close"))? {
                    close.call0()?;
                }
            }
            Phase::New(_) | Phase::Over => {}
        }
        Ok(())
    }

    /// The call has news: the loop calls this.
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        let future = match &*self.phase.lock() {
            Phase::Waiting(future) => future.clone_ref(py),
            _ => return Ok(()),
        };
        let future = future.bind(py);
        if !future.call_method0(intern!(py, "done"))?.is_truthy()? {
            future.call_method1(intern!(py, "set_result"), (py.None(),))?;
        }
        Ok(())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }

    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

impl Collected for Operation {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        if let Some(phase) = self.phase.try_lock() {
            match &*phase {
                Phase::New(call) => {
                    visit.call(&call.function)?;
                    visit.call(&call.args)?;
                    visit.call(&call.kwargs)?;
                }
                Phase::Waiting(object) | Phase::Awaiting(object) => visit.call(object)?,
                Phase::Over => {}
            }
        }
        if let Some(abandoned) = self.abandoned.try_lock() {
            visit.call(&*abandoned)?;
        }
        Ok(())
    }
    fn release(&self, _py: Python<'_>) {
        // Taken out first: their ends may run Python code.
        let held = (std::mem::replace(&mut *self.phase.lock(), Phase::Over), self.abandoned.lock().take());
        drop(held);
    }
}
