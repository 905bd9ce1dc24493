using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Harness.Bpf;
using MizarLab.Harness.Capture;
using MizarLab.Observation;
using MizarLab.Overlay;

namespace MizarLab.Harness.Backends;

/// <summary>Reads what the programs of a live run tell, on one thread, from when it is made until <see cref="Finish"/>.</summary>
internal sealed class LiveTrace : IDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(5);

    private readonly LivePrograms programs;
    private readonly KernelClock clock;
    private readonly TraceReader reader;
    private readonly List<Sighting> sightings = [];
    private readonly Thread thread;
    private volatile bool ending;
    private long lastSeen = Environment.TickCount64;
    private long cut;
    private Exception? failure;

    public LiveTrace(LivePrograms programs, KernelClock clock)
    {
        this.programs = programs;
        this.clock = clock;
        reader = new TraceReader(programs.Droplets, Handle);
        thread = new Thread(Read) { IsBackground = true, Name = "trace" };
        thread.Start();
    }

    /// <summary>Milliseconds since a program last told something.</summary>
    public long QuietMilliseconds => Environment.TickCount64 - Volatile.Read(ref lastSeen);

    /// <summary>Stops reading, all read; every run of a program, and how many are missing or were not told whole.</summary>
    /// <exception cref="HarnessException">Reading failed on the way.</exception>
    public (IEnumerable<Sighting> Sightings, long Missed) Finish()
    {
        Stop();
        if (failure is not null)
        {
            throw failure as HarnessException ?? new HarnessException($"reading trace events failed: {failure.Message}", failure);
        }
        reader.Consume();
        return (sightings, programs.LostEvents() + cut);
    }

    public void Dispose()
    {
        Stop();
        reader.Dispose();
    }

    private void Stop()
    {
        ending = true;
        thread.Join();
    }

    private void Read()
    {
        try
        {
            while (!ending)
            {
                reader.Poll(Wait);
            }
        }
        catch (Exception error)
        {
            failure = error;
        }
    }

    private void Handle(int droplet, in TraceEvent trace)
    {
        Volatile.Write(ref lastSeen, Environment.TickCount64);
        if (trace.FrameIn.Length != trace.LengthIn || trace.FrameOut.Length != trace.LengthOut)
        {
            // A frame longer than programs tell: half of it would be linked to nothing.
            cut++;
        }
        ProgramId program = trace.Result.Program;
        ProgramResult result = trace.Result.Result;
        DropletId at = new(droplet);
        sightings.Add(new Sighting
        {
            Time = clock.FromMonotonic(trace.BeginNanoseconds),
            Kind = SightingKind.Program,
            Droplet = at,
            Endpoint = program == ProgramId.Agent ? programs.EndpointAt(at, trace.IngressInterface) : null,
            Program = program,
            Verdict = result.Verdict,
            Reason = result.Reason,
            Devmap = result.Devmap,
            Slot = result.Slot,
            FrameIn = trace.FrameIn.ToArray(),
            FrameOut = trace.FrameOut.ToArray(),
            PathTime = SimTime.FromNanoseconds(trace.EndNanoseconds - trace.BeginNanoseconds),
        });
    }
}
