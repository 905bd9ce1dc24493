using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace MizarLab.Engine;

/// <summary>
/// The events pending, in order. A timing wheel: time is cut into buckets about two events wide, and 64 buckets are a word. The next word is opened
/// whole and sorted into a batch, from which events are taken one after another. What is scheduled into the range opened already goes to a heap,
/// and what lies behind the wheel's horizon to another one. So adding and taking cost the same however many are pending.
/// </summary>
/// <remarks>
/// Events lie by value in one array; a bucket is a chain of places in it, and a place given back is the next one taken, so adding an event
/// touches memory that is warm. Width and number of buckets follow what is counted while words are opened, never a clock, and they cannot be seen
/// from outside: the order is total. With few events the heap is all there is. Steady state allocates nothing.
/// </remarks>
public sealed class EventQueue
{
    /// <summary>Fewer events than this are kept in a heap alone, which is as fast then.</summary>
    private const int FewEvents = 64;
    private const int WordBits = 6;

    /// <summary>Of the range opened, all but the batch; when there are few events, all.</summary>
    private readonly EventHeap near = new();

    /// <summary>Behind the horizon.</summary>
    private readonly EventHeap far = new();

    private EventBatch batch = new();

    /// <summary>Places; 0 is nobody's, so that a link of 0 ends a chain.</summary>
    private SimEvent[] places = new SimEvent[256];
    private int usedPlaces = 1;

    /// <summary>Those given back. No chain through the places themselves: who takes several would wait for one after the other.</summary>
    private int[] freePlaces = new int[256];
    private int freeCount;

    /// <summary>First place of each bucket's chain, and a bit for each bucket that has one.</summary>
    private int[] chains = [];
    private ulong[] occupied = [];

    /// <summary>A bucket is 2^this picoseconds wide, and the words' number is a power of two.</summary>
    private int widthBits;
    private int words;

    /// <summary>The first word not opened, counted from time zero; while the heap is all there is, one no event is in.</summary>
    private long nextWord = long.MaxValue;

    private int inWheel;
    private int batchPlace;
    private SimEvent fromHeap;
    private WheelFit fit;

    public int Count => near.Count + far.Count + inWheel + batch.Count;

    /// <summary>The time of the first event; <see cref="SimTime.Never"/> when there is none.</summary>
    public SimTime Earliest
    {
        get
        {
            if (near.Count == 0 && batch.Count == 0 && !OpenNextWord())
            {
                return SimTime.Never;
            }
            return NearIsFirst() ? near.Peek().Time : Place(batch.First).Time;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(in SimEvent added)
    {
        long ahead = (added.Time.Picoseconds >> (widthBits + WordBits)) - nextWord;
        if ((ulong)ahead < (uint)words)
        {
            PutInWheel(in added);
        }
        else
        {
            PushElsewhere(in added, ahead);
        }
    }

    /// <summary>The same for an event that is not made yet: it is made where it will lie.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Push(SimTime time, NodeId destination, NodeId source, long sequence, int kind, int subject, long argument)
    {
        long ahead = (time.Picoseconds >> (widthBits + WordBits)) - nextWord;
        if ((ulong)ahead < (uint)words)
        {
            int index = TakePlace();
            ref SimEvent place = ref Place(index);
            place.Set(time, destination, source, sequence, kind, subject, argument);
            Chain(index, ref place, time);
        }
        else
        {
            MakeElsewhere(time, destination, source, sequence, kind, subject, argument, ahead);
        }
    }

    /// <summary>Takes the first event if it is not after <paramref name="last"/>; else a null reference.</summary>
    /// <returns>A reference that is good until the next call: events may be pushed meanwhile.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly SimEvent TakeThrough(SimTime last)
    {
        GiveBack();
        return ref near.Count == 0 && batch.Count > 0
            ? ref TakeFromBatchThrough(last)
            : ref TakeElsewhereThrough(last);
    }

    /// <summary>
    /// The event that is so many behind the one taken last, for those who want to prepare for it; a null reference if that is not known, or was told
    /// already. Events pushed meanwhile may come between.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly SimEvent Coming(int behind)
    {
        int place = batchPlace == 0 ? 0 : batch.PlaceAt(behind - 1);
        if (place == 0)
        {
            return ref Unsafe.NullRef<SimEvent>();
        }
        return ref Place(place);
    }

    /// <summary>Takes the first event.</summary>
    /// <exception cref="InvalidOperationException">The queue is empty.</exception>
    public SimEvent Pop()
    {
        ref readonly SimEvent first = ref TakeThrough(SimTime.Never);
        return Unsafe.IsNullRef(in first) ? throw new InvalidOperationException("the event queue is empty") : first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref SimEvent Place(int index)
    {
        Debug.Assert((uint)index < (uint)places.Length);
        return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(places), index);
    }

    private void PutInWheel(in SimEvent added)
    {
        int index = TakePlace();
        ref SimEvent place = ref Place(index);
        place = added;
        Chain(index, ref place, added.Time);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int TakePlace() => freeCount > 0 ? freePlaces[--freeCount] : NewPlace();

    /// <summary>Puts the event of a place into its bucket.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Chain(int index, ref SimEvent place, SimTime time)
    {
        int bucket = (int)(time.Picoseconds >> widthBits) & (chains.Length - 1);
        ref int chain = ref chains[bucket];
        place.Link = chain;
        chain = index;
        occupied[bucket >> WordBits] |= 1ul << bucket;
        inWheel++;
    }

    /// <summary>The place of the event taken last is free once the next is asked for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void GiveBack()
    {
        int index = batchPlace;
        if (index != 0)
        {
            freePlaces[freeCount++] = index;
            batchPlace = 0;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int NewPlace()
    {
        if (usedPlaces == places.Length)
        {
            Array.Resize(ref places, usedPlaces * 2);
            Array.Resize(ref freePlaces, usedPlaces * 2);
        }
        return usedPlaces++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeElsewhere(SimTime time, NodeId destination, NodeId source, long sequence, int kind, int subject, long argument, long ahead) =>
        PushElsewhere(new SimEvent(time, destination, source, sequence, kind, subject, argument), ahead);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PushElsewhere(in SimEvent added, long ahead)
    {
        if (ahead >= 0)
        {
            far.Push(in added);
            fit.Behind++;
            return;
        }
        near.Push(in added);
        if (words == 0 && near.Count > FewEvents)
        {
            widthBits = WheelFit.WidthBitsFor(near.Events);
            words = WheelFit.FewestWords;
            Rebuild(near.Peek().Time.Picoseconds);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref readonly SimEvent TakeElsewhereThrough(SimTime last)
    {
        if (near.Count == 0 && batch.Count == 0 && !OpenNextWord())
        {
            return ref Unsafe.NullRef<SimEvent>();
        }
        if (!NearIsFirst())
        {
            return ref TakeFromBatchThrough(last);
        }
        if (near.Peek().Time > last)
        {
            return ref Unsafe.NullRef<SimEvent>();
        }
        fromHeap = near.Pop();
        return ref fromHeap;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref SimEvent TakeFromBatchThrough(SimTime last)
    {
        ref SimEvent first = ref Place(batch.First);
        if (first.Time > last)
        {
            return ref Unsafe.NullRef<SimEvent>();
        }
        batchPlace = batch.Take();
        return ref first;
    }

    private bool NearIsFirst() =>
        near.Count > 0 && (batch.Count == 0 || near.Peek().Before(in Place(batch.First)));

    /// <summary>Makes the next word that has events the batch. Called when neither batch nor near heap has any; false when there is none anywhere.</summary>
    private bool OpenNextWord()
    {
        if (inWheel + far.Count == 0)
        {
            return false;
        }
        if (fit.IsDue(inWheel + far.Count))
        {
            long begin = BeginOf(nextWord);
            if (fit.Look(begin, inWheel + far.Count, ref widthBits, ref words))
            {
                Rebuild(begin);
            }
        }
        int wordWidthBits = widthBits + WordBits;
        long word = inWheel > 0 ? NextOccupied() : long.MaxValue;
        if (far.Count > 0 && far.Peek().Time.Picoseconds >> wordWidthBits <= word)
        {
            word = far.Peek().Time.Picoseconds >> wordWidthBits;
            nextWord = word;
            while (far.Count > 0 && (far.Peek().Time.Picoseconds >> wordWidthBits) - word < words)
            {
                PutInWheel(far.Pop());
            }
        }
        nextWord = word + 1;
        Open(word);
        return true;
    }

    private long NextOccupied()
    {
        for (long word = nextWord; ; word++)
        {
            if (occupied[(int)word & (words - 1)] != 0)
            {
                fit.Passed += word - nextWord;
                return word;
            }
        }
    }

    private void Open(long opened)
    {
        int word = (int)opened & (words - 1);
        ulong bits = occupied[word];
        occupied[word] = 0;
        fit.Buckets += BitOperations.PopCount(bits);
        batch.Begin(BeginOf(opened), widthBits + WordBits);
        AskForSeconds(word, bits);
        for (; bits != 0; bits &= bits - 1)
        {
            ref int chain = ref chains[(word << WordBits) + BitOperations.TrailingZeroCount(bits)];
            batch.Append(places, chain);
            chain = 0;
        }
        fit.Ties += batch.Sort(places);
        inWheel -= batch.Count;
        fit.Opened += batch.Count;
        AskForFirsts((word + 1) & (words - 1));
    }

    /// <summary>Asks for the first event of each bucket of the word that is probably opened next: they were put there long ago and lie all over memory.</summary>
    private void AskForFirsts(int word)
    {
        for (ulong bits = occupied[word]; bits != 0; bits &= bits - 1)
        {
            Ask(chains[(word << WordBits) + BitOperations.TrailingZeroCount(bits)]);
        }
    }

    /// <summary>Asks for those behind the first, which have come by now and name them: all at once, before one is waited for.</summary>
    private void AskForSeconds(int word, ulong bits)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            Ask(Place(chains[(word << WordBits) + BitOperations.TrailingZeroCount(bits)]).Link);
        }
    }

    /// <summary>Asks for the two lines an event may lie in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Ask(int place)
    {
        if (Sse.IsSupported)
        {
            byte* start = (byte*)Unsafe.AsPointer(ref Place(place));
            Sse.Prefetch0(start);
            Sse.Prefetch0(start + sizeof(SimEvent) - 1);
        }
    }

    private long BeginOf(long word) => word > long.MaxValue >> (widthBits + WordBits) ? long.MaxValue : word << (widthBits + WordBits);

    /// <summary>Puts every event where it belongs by the width and number of words that are set now. None in heap or wheel is before <paramref name="begin"/>.</summary>
    private void Rebuild(long begin)
    {
        int all = ChainAll();
        inWheel = 0;
        if (occupied.Length != words)
        {
            chains = new int[words << WordBits];
            occupied = new ulong[words];
        }
        nextWord = begin >> (widthBits + WordBits);
        while (all != 0)
        {
            ref SimEvent place = ref Place(all);
            int index = all;
            all = place.Link;
            if ((place.Time.Picoseconds >> (widthBits + WordBits)) - nextWord < words)
            {
                Chain(index, ref place, place.Time);
            }
            else
            {
                far.Push(in place);
                freePlaces[freeCount++] = index;
            }
        }
        for (int i = near.Count; i > 0; i--)
        {
            Push(near.Pop());
        }
    }

    /// <summary>One chain of everything in the wheel, whose buckets are empty afterwards.</summary>
    private int ChainAll()
    {
        int all = 0;
        for (int bucket = 0; bucket < chains.Length; bucket++)
        {
            for (int index = chains[bucket]; index != 0;)
            {
                ref SimEvent place = ref Place(index);
                int next = place.Link;
                place.Link = all;
                all = index;
                index = next;
            }
            chains[bucket] = 0;
        }
        Array.Clear(occupied);
        return all;
    }
}
