using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf.Native;

namespace MizarLab.Harness.Bpf;

/// <summary>Gets one event.</summary>
/// <param name="droplet">Index in the list the reader was made of.</param>
/// <param name="trace">Valid until the handler returns.</param>
public delegate void TraceHandler(int droplet, in TraceEvent trace);

/// <summary>
/// Reads the ring buffers of several droplets on one thread. Events of one droplet come in order; between droplets, in that of
/// their reading (sort by <see cref="TraceEvent.BeginNanoseconds"/>). Allocates nothing an event. Not for several threads at once.
/// </summary>
public sealed unsafe class TraceReader : IDisposable
{
    private readonly TraceHandler handler;
    private readonly RingBufferHandle ring;
    private readonly GCHandle[] contexts;
    private Exception? thrown;

    /// <param name="droplets">Loaded with <see cref="Recording.Frames"/>; must outlive the reader.</param>
    public TraceReader(IReadOnlyList<BpfDroplet> droplets, TraceHandler handler)
    {
        ArgumentOutOfRangeException.ThrowIfZero(droplets.Count, nameof(droplets));
        this.handler = handler;
        contexts = new GCHandle[droplets.Count];
        RingBufferHandle? made = null;
        try
        {
            for (int i = 0; i < droplets.Count; i++)
            {
                if (!droplets[i].Options.Recording.HasFlag(Recording.Frames))
                {
                    throw new ArgumentException($"droplet {i} was not loaded to record frames", nameof(droplets));
                }
                contexts[i] = GCHandle.Alloc(new Context(this, i));
                made = Add(made, droplets[i].TraceMap.Descriptor, GCHandle.ToIntPtr(contexts[i]));
            }
        }
        catch
        {
            made?.Dispose();
            FreeContexts();
            throw;
        }
        ring = made!;
    }

    /// <summary>Waits for events and handles all there are.</summary>
    /// <param name="timeout">Zero: only what is there.</param>
    /// <returns>How many events were handled.</returns>
    /// <exception cref="HarnessException">The kernel refused. What the handler throws comes out here too.</exception>
    public int Poll(TimeSpan timeout) => Done(LibBpf.RingPoll(ring, (int)timeout.TotalMilliseconds));

    /// <summary>Handles all events there are, without a system call.</summary>
    public int Consume() => Done(LibBpf.RingConsume(ring));

    public void Dispose()
    {
        ring.Dispose();
        FreeContexts();
    }

    private static RingBufferHandle Add(RingBufferHandle? made, int map, nint context)
    {
        if (made is null)
        {
            RingBufferHandle ring = LibBpf.RingNew(map, &Sample, context, 0);
            return ring.IsInvalid
                ? throw new HarnessException($"the ring buffer cannot be opened: {LibC.ErrorText(Marshal.GetLastPInvokeError())}")
                : ring;
        }
        int result = LibBpf.RingAdd(made, map, &Sample, context);
        return result < 0 ? throw new HarnessException($"the ring buffer cannot be opened: {LibC.ErrorText(-result)}") : made;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sample(nint context, byte* data, nuint length)
    {
        Context droplet = (Context)GCHandle.FromIntPtr(context).Target!;
        try
        {
            TraceEvent trace = new(new ReadOnlySpan<byte>(data, (int)length));
            droplet.Reader.handler(droplet.Index, in trace);
            return 0;
        }
        catch (Exception exception)
        {
            // An exception may not cross libbpf's frames; a negative answer ends the reading and Done throws it.
            droplet.Reader.thrown = exception;
            return -1;
        }
    }

    private int Done(int result)
    {
        const int interrupted = -4; // EINTR
        if (thrown is { } exception)
        {
            thrown = null;
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);
        }
        return result switch
        {
            >= 0 => result,
            interrupted => 0,
            _ => throw new HarnessException($"the ring buffer cannot be read: {LibC.ErrorText(-result)}"),
        };
    }

    private void FreeContexts()
    {
        foreach (ref GCHandle context in contexts.AsSpan())
        {
            if (context.IsAllocated)
            {
                context.Free();
            }
        }
    }

    private sealed record Context(TraceReader Reader, int Index);
}
