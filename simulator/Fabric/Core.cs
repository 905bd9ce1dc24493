using MizarLab.DataPlane;
using MizarLab.Engine;

namespace MizarLab.Fabric;

/// <summary>A frame at a core: from the NIC, or from the endpoint at a port.</summary>
internal readonly record struct Job(int Frame, PortId Port);

/// <summary>
/// One of a droplet's cores: it runs one program after another, in the order in which frames came. A core with the receive queue of the NIC before it holds so many
/// frames from the wire and no more; what endpoints send waits in their own queues, which are taken to be long enough.
/// </summary>
internal sealed class Core(int ringFrames)
{
    private Waiting[] queue = new Waiting[16];
    private int first;
    private int count;
    private int fromWire;

    /// <summary>When the frame whose turn it is came.</summary>
    private SimTime came;

    public bool IsBusy { get; private set; }

    /// <summary>All services together.</summary>
    public SimTime Worked { get; private set; } = SimTime.Zero;

    /// <summary>All waits together: the integral of the queue's length over time (Little).</summary>
    public SimTime Waited { get; private set; } = SimTime.Zero;

    public long Served { get; private set; }

    public long Dropped { get; private set; }

    public int LongestQueue { get; private set; }

    /// <summary>Told of every frame when the core begins with it.</summary>
    public IQueueWitness? Witness { get; set; }

    public bool TryWait(Job job, SimTime now)
    {
        bool wire = job.Port == PortId.Nic;
        if (wire && fromWire >= ringFrames)
        {
            Dropped++;
            return false;
        }
        fromWire += wire ? 1 : 0;
        if (count == queue.Length)
        {
            Waiting[] larger = new Waiting[count * 2];
            for (int i = 0; i < count; i++)
            {
                larger[i] = queue[(first + i) & (count - 1)];
            }
            (queue, first) = (larger, 0);
        }
        queue[(first + count++) & (queue.Length - 1)] = new Waiting(job, now);
        LongestQueue = Math.Max(LongestQueue, count);
        return true;
    }

    /// <summary>Begins with a frame: with the one <see cref="Next"/> gave, or when idle with one that has just come.</summary>
    public void Begin(SimTime now, SimTime time)
    {
        Witness?.Took(IsBusy ? came : now, time, now, -1);
        IsBusy = true;
        Worked += time;
        Served++;
    }

    /// <summary>A service is over: the frame whose turn it is, or null, and the core is idle.</summary>
    public Job? Next(SimTime now)
    {
        if (count == 0)
        {
            IsBusy = false;
            return null;
        }
        Waiting next = queue[first];
        first = (first + 1) & (queue.Length - 1);
        count--;
        fromWire -= next.Job.Port == PortId.Nic ? 1 : 0;
        came = next.Since;
        Waited += now - came;
        return next.Job;
    }

    private readonly record struct Waiting(Job Job, SimTime Since);
}
