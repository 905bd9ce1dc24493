namespace MizarLab.Tests.Theory;

/// <summary>Closed forms and recursions of queueing theory, by which simulated numbers are judged. Service takes one unit.</summary>
internal static class Formulas
{
    /// <summary>Loss of c servers without a queue at so many erlangs: B(c) = a B(c−1) / (c + a B(c−1)).</summary>
    public static double ErlangB(int servers, double erlangs)
    {
        double loss = 1;
        for (int c = 1; c <= servers; c++)
        {
            loss = erlangs * loss / (c + (erlangs * loss));
        }
        return loss;
    }

    /// <summary>The share that waits with c servers and a queue.</summary>
    public static double ErlangC(int servers, double erlangs)
    {
        double loss = ErlangB(servers, erlangs);
        return servers * loss / (servers - (erlangs * (1 - loss)));
    }

    /// <summary>M/D/c: the number present a service later is N' = (N − c)⁺ + Poisson(λ); the wait is (E N − λ)/λ.</summary>
    public static double MDcWait(int servers, double rate)
    {
        const int most = 400;
        double[] arrivals = Poisson(rate, most);
        double[] present = new double[most];
        present[0] = 1;
        for (int step = 0; step < 2_000; step++)
        {
            double[] left = new double[most];
            for (int n = 0; n < most; n++)
            {
                left[Math.Max(0, n - servers)] += present[n];
            }
            double[] next = new double[most];
            for (int n = 0; n < most && left[n] > 0; n++)
            {
                for (int k = 0; n + k < most && (k < 4 * servers + 40); k++)
                {
                    next[n + k] += left[n] * arrivals[k];
                }
            }
            double moved = 0;
            for (int n = 0; n < most; n++)
            {
                moved += Math.Abs(next[n] - present[n]);
            }
            present = next;
            if (moved < 1e-12)
            {
                break;
            }
        }
        return (present.Select((p, n) => p * n).Sum() - rate) / rate;
    }

    /// <summary>M/M/1/K: the share turned away.</summary>
    public static double FiniteQueueLoss(double load, int places) =>
        (1 - load) * Math.Pow(load, places) / (1 - Math.Pow(load, places + 1));

    private static double[] Poisson(double mean, int count)
    {
        double[] shares = new double[count];
        shares[0] = Math.Exp(-mean);
        for (int k = 1; k < count; k++)
        {
            shares[k] = shares[k - 1] * mean / k;
        }
        return shares;
    }
}
