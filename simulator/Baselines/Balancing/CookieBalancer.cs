using MizarLab.Engine;

namespace MizarLab.Baselines;

/// <summary>
/// Cheetah's stateless form (Barbette and others, NSDI 2020): backends have slots, a new connection goes wherever the policy says (here in turn), and its packets carry the slot in a cookie, exclusive-or'd with a hash of the
/// connection under a secret, so that clients neither read nor choose it. No row, and whatever happens to the list a connection stays where it is while its backend is there. A slot is not given to another backend,
/// else the cookies of its old one would lead there.
/// </summary>
public sealed class CookieBalancer : IBalancer
{
    private const int Gone = -1;

    private readonly ulong secret;
    private readonly List<int> slots = [];
    private int next;

    /// <param name="backends">At first.</param>
    /// <param name="secret">All instances have the same.</param>
    public CookieBalancer(ReadOnlySpan<int> backends, ulong secret)
    {
        this.secret = secret;
        slots.AddRange(backends);
    }

    public int Rows => 0;

    public int Pick(int connection, ref ushort? cookie)
    {
        ushort mask = MaskOf(connection);
        if (cookie is { } carried && (carried ^ mask) is var slot && slot < slots.Count && slots[slot] != Gone)
        {
            return slots[slot];
        }
        while (slots[next % slots.Count] == Gone)
        {
            next++;
        }
        int picked = next++ % slots.Count;
        cookie = (ushort)(picked ^ mask);
        return slots[picked];
    }

    /// <exception cref="ArgumentException">None is left, or slots are used up.</exception>
    public void Change(ReadOnlySpan<int> backends)
    {
        for (int slot = 0; slot < slots.Count; slot++)
        {
            slots[slot] = backends.Contains(slots[slot]) ? slots[slot] : Gone;
        }
        foreach (int backend in backends)
        {
            if (!slots.Contains(backend))
            {
                slots.Add(backend);
            }
        }
        if (backends.IsEmpty || slots.Count > ushort.MaxValue)
        {
            throw new ArgumentException($"{backends.Length} backends, {slots.Count} slots", nameof(backends));
        }
    }

    public void Forget() => next = 0;

    private ushort MaskOf(int connection)
    {
        StableHash hash = new(secret);
        hash.Add(connection);
        return (ushort)hash.Finish();
    }
}
