META
key;value
description;Worked by hand in docs/algorithms/counting.md
country;Indonesia
unit;Desa Contoh
instance;2027
currency;IDR
num_projects;4
num_votes;10
budget;100000000
vote_type;approval
rule;equalshares/add1
date_begin;2027-01-01
date_end;2027-01-14
count_rule;equal-shares
count_measure;cost
count_completion;add1-greedy
count_ties;max_votes
PROJECTS
project_id;cost;votes;name;tie_order
R;54000000;6;Road to the river;3
W;30000000;4;Well for the market;1
L;24000000;5;Lamps at the school;4
P;15000000;2;Paint for the hall;2
VOTES
voter_id;vote
k1;R,L
k2;R,L
k3;R,L
k4;R,L
k5;R
k6;R
k7;W,L
k8;W,P
k9;W,P
k10;W
