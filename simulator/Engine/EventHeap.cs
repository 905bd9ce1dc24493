namespace MizarLab.Engine;

/// <summary>
/// A priority queue of events for what <see cref="EventQueue"/>'s wheel is bad at: few events, near ones, far ones. A 4-ary heap of structs in one
/// array, which grows by doubling and never shrinks, so that steady state allocates nothing. Four children a node make the heap half as
/// deep as a binary one, and siblings share cache lines.
/// </summary>
public sealed class EventHeap
{
    private const int Arity = 4;
    private SimEvent[] heap = new SimEvent[256];

    public int Count { get; private set; }

    /// <summary>All events, in no order.</summary>
    internal ReadOnlySpan<SimEvent> Events => heap.AsSpan(0, Count);

    /// <exception cref="InvalidOperationException">The queue is empty.</exception>
    public ref readonly SimEvent Peek()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("the event queue is empty");
        }
        return ref heap[0];
    }

    public void Push(in SimEvent added)
    {
        if (Count == heap.Length)
        {
            Array.Resize(ref heap, heap.Length * 2);
        }
        int hole = Count++;
        while (hole > 0)
        {
            int parent = (hole - 1) / Arity;
            if (!added.Before(in heap[parent]))
            {
                break;
            }
            heap[hole] = heap[parent];
            hole = parent;
        }
        heap[hole] = added;
    }

    /// <summary>Removes and returns the first event.</summary>
    /// <exception cref="InvalidOperationException">The queue is empty.</exception>
    public SimEvent Pop()
    {
        SimEvent first = Peek();
        ref readonly SimEvent moved = ref heap[--Count];
        int hole = 0;
        while (true)
        {
            int child = (hole * Arity) + 1;
            if (child >= Count)
            {
                break;
            }
            int end = Math.Min(child + Arity, Count);
            int least = child;
            for (int sibling = child + 1; sibling < end; sibling++)
            {
                if (heap[sibling].Before(in heap[least]))
                {
                    least = sibling;
                }
            }
            if (!heap[least].Before(in moved))
            {
                break;
            }
            heap[hole] = heap[least];
            hole = least;
        }
        heap[hole] = moved;
        return first;
    }
}
